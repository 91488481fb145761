#!/usr/bin/env python3
"""Trains a scikit-learn classifier that takes class_weight.

    python3 train.py                        # once, unweighted; prints the recalls
    evenkeel search study.yaml              # searches over weighting schemes

Lines marked `# evenkeel` are what made an ordinary training script a trainer.
"""
import evenkeel  # evenkeel: before anything that may print

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.utils import resample

NAMES = ["apple", "cherry", "grape", "lemon", "melon", "peach"]


def classifier(model="logistic", **settings):
    """Any classifier with class_weight will do."""
    if model == "logistic":
        return LogisticRegression(max_iter=1000, **settings)
    if model == "forest":
        return RandomForestClassifier(n_estimators=50, min_samples_leaf=5, **settings)
    raise ValueError(f"model is {model!r}; want logistic or forest")


def main():
    # Six balanced classes that overlap unevenly, about 500 examples of each in every part.
    x, y = make_classification(n_samples=9000, n_classes=6, n_features=12, n_informative=4, n_redundant=3,
                               n_clusters_per_class=1, class_sep=1.0, flip_y=0.02, random_state=4)
    x, val_x, y, val_y = train_test_split(x, y, test_size=1 / 3, stratify=y, random_state=1)
    x, test_x, y, test_y = train_test_split(x, y, test_size=1 / 2, stratify=y, random_state=1)

    for run in evenkeel.runs(classes=NAMES, data="fruit/v1"):  # evenkeel
        # The solver of LogisticRegression is deterministic and ignores random_state.
        # Drawing the training rows with replacement makes the seed mean something:
        # how much the recalls would differ had other rows been collected.
        rows_x, rows_y = resample(x, y, stratify=y, random_state=run.seed)
        # scikit-learn weighs the loss against the penalty, so weights of mean 10
        # would be a ten times weaker penalty. At mean 1 only their ratios count.
        weight = np.divide(run.class_weights, np.mean(run.class_weights))  # evenkeel
        model = classifier(**run.params, class_weight=dict(enumerate(weight)), random_state=run.seed)  # evenkeel
        model.fit(rows_x, rows_y)

        def logits(features):
            return np.log(model.predict_proba(features) + 1e-9)

        run.result(val=(val_y, logits(val_x)), test=lambda: (test_y, logits(test_x)))  # evenkeel


if __name__ == "__main__":
    main()
