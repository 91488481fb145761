#!/usr/bin/env python3
"""evenkeel offsets beside SciPy's differential evolution of the same objective.

    python3 bench/offsets.py TRAIN.csv TEST.csv [--evenkeel PROGRAM] [--repetitions N] [--each M ...]

The files have a header, numbers, and the class in the last column. For each repetition the
training file is shuffled; a logistic regression is trained on what is left after M examples
a class are taken for validation. Both fit offsets to its validation logits:

    minimise  stddev(recalls) + 2 max(0, balanced accuracy lost - 0.01)

evenkeel as a user calls it (the whole command is timed: reading, the fit, the estimate with
its interval), SciPy with its defaults (popsize 15, at most 1000 generations, tol 0.01) and
bounds of three median margins. Both are then measured on the test file, once per
repetition. What evenkeel promises is its cross-fitted estimate of the change of the
spread; for SciPy it is the change on the examples it was fitted to, since there is nothing
else. Needs numpy, scipy and scikit-learn (Debian: python3-scipy, python3-sklearn).
"""

import argparse
import csv
import json
import os
import subprocess
import tempfile
import time

import numpy as np
from scipy.optimize import differential_evolution
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def load(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[:-1] for row in rows], float), np.array([row[-1] for row in rows])


def recalls(logits, labels, k, b):
    hit = (logits + b).argmax(1) == labels
    return np.bincount(labels[hit], minlength=k) / np.bincount(labels, minlength=k)


def denoised(r, counts):
    """The spread without the noise of the examples, as evenkeel has it."""
    noise = (1 - 1 / len(r)) * np.mean(r * (1 - r) / (counts - 1))
    return np.sqrt(max(0, np.var(r) - noise))


def with_evenkeel(program, logits, labels):
    with tempfile.TemporaryDirectory() as folder:
        np.save(os.path.join(folder, "logits.npy"), logits)
        np.save(os.path.join(folder, "labels.npy"), labels)
        start = time.perf_counter()
        done = subprocess.run([program, "offsets", "logits.npy", "labels.npy", "--format", "json"],
                              cwd=folder, check=True, stdout=subprocess.PIPE)
        seconds = time.perf_counter() - start
    found = json.loads(done.stdout)[0]
    return np.array(found["offsets"]), found, seconds


def with_scipy(logits, labels, k, seed):
    plain = recalls(logits, labels, k, 0)
    top = np.sort(logits, axis=1)
    bound = 3 * np.median(top[:, -1] - top[:, -2])

    def score(b):
        r = recalls(logits, labels, k, b)
        return np.std(r) + 2 * max(0, plain.mean() - r.mean() - 0.01)

    start = time.perf_counter()
    found = differential_evolution(score, [(-bound, bound)] * k, seed=seed, polish=False)
    seconds = time.perf_counter() - start
    return found.x, np.std(recalls(logits, labels, k, found.x)) - np.std(plain), seconds


def paired(x):
    return f"{np.mean(x):+.4f} +- {np.std(x, ddof=1) / np.sqrt(len(x)):.4f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--evenkeel", default="evenkeel")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--each", type=int, nargs="+", default=[50], help="validation examples a class")
    args = parser.parse_args()
    (x, names), (tx, tnames) = load(args.train), load(args.test)
    classes, y = np.unique(names, return_inverse=True)
    ty, k = np.searchsorted(classes, tnames), len(classes)
    print("| validation | unweighted | evenkeel | SciPy | evenkeel - SciPy | accuracy, evenkeel | SciPy |"
          " promised - true, evenkeel | SciPy | covered | seconds, SciPy / evenkeel |")
    print("| ---: " * 11 + "|")
    for each in args.each:
        rows = []
        for seed in range(args.repetitions):
            order = np.random.default_rng(seed).permutation(len(y))
            val = np.concatenate([order[y[order] == c][:each] for c in range(k)])
            train = np.setdiff1d(order, val)
            scale = StandardScaler().fit(x[train])
            model = LogisticRegression(max_iter=300).fit(scale.transform(x[train]), y[train])
            logits, test = (model.decision_function(scale.transform(part)).astype(np.float32) for part in (x[val], tx))
            ours, found, our_time = with_evenkeel(args.evenkeel, logits, y[val])
            theirs, promise, their_time = with_scipy(logits, y[val], k, seed)
            counts = np.bincount(ty, minlength=k)
            plain, a, b = (recalls(test, ty, k, offsets) for offsets in (0, ours, theirs))
            before, after, other = (denoised(r, counts) for r in (plain, a, b))
            rows.append([before, after, other, a.mean() - plain.mean(), b.mean() - plain.mean(), found["change"] - (after - before),
                         promise - (other - before), found["change_low"] <= after - before <= found["change_high"], their_time, our_time])
        t = np.array(rows, float).T
        print(f"| {each} a class | {t[0].mean():.3f} | {t[1].mean():.3f} | {t[2].mean():.3f} | {paired(t[1] - t[2])} |"
              f" {100 * t[3].mean():+.1f} | {100 * t[4].mean():+.1f} | {paired(t[5])} | {paired(t[6])} |"
              f" {int(t[7].sum())} of {len(rows)} | {t[8].sum() / t[9].sum():.0f} ({t[8].mean():.0f} / {t[9].mean():.2f}) |", flush=True)


if __name__ == "__main__":
    main()
