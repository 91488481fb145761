#!/usr/bin/env python3
"""Runs Optuna's samplers on the functions of search/testfunc, for docs/samplers.md.

    /usr/bin/python3 bench/optuna_tpe.py

Prints, for each function and sampler, quartiles over 20 seeds of the best value
after 50 trials less the minimum: the figures that
`go test ./search/tpe -run '^$' -bench Beats` prints for ours. Needs Optuna
(Debian: python3-optuna).
"""
import math
import warnings

import numpy as np
import optuna

TRIALS, SEEDS = 50, 20

ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
A = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
              [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
P = np.array([[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
              [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
              [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
              [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]])


def branin(trial):
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    a = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return a * a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial):
    x = np.array([trial.suggest_float(f"x{j}", 0, 1) for j in range(1, 7)])
    return -float(ALPHA @ np.exp(-(A * (x - P) ** 2).sum(axis=1)))


def conditional(trial):
    family = trial.suggest_categorical("family", ["ridge", "rate", "grid"])
    if family == "ridge":
        x, y = trial.suggest_float("x", -1, 1), trial.suggest_float("y", -1, 1)
        return 0.3 + (x - 0.2) ** 2 + 4 * (y + 0.4) ** 2
    if family == "rate":
        rate, depth = trial.suggest_float("rate", 1e-5, 1, log=True), trial.suggest_int("depth", 1, 8)
        return (math.log10(rate) + 2) ** 2 / 4 + (depth - 6) ** 2 / 16
    share, mode = trial.suggest_float("share", 0, 0.9, step=0.1), trial.suggest_categorical("mode", ["a", "b"])
    return 0.6 + abs(share - 0.7) + (0.2 if mode == "b" else 0)


FUNCTIONS = [("branin", branin, 5 / (4 * math.pi)), ("hartmann6", hartmann6, -3.3223680114155148), ("conditional", conditional, 0.0)]
SAMPLERS = [
    ("random", lambda seed: optuna.samplers.RandomSampler(seed=seed)),
    ("tpe", lambda seed: optuna.samplers.TPESampler(seed=seed)),
    ("tpe, multivariate and group", lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True)),
]

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    print(f"Optuna {optuna.__version__}, {TRIALS} trials, {SEEDS} seeds: best value less the minimum")
    for name, function, minimum in FUNCTIONS:
        for sampler, make in SAMPLERS:
            best = []
            for seed in range(SEEDS):
                study = optuna.create_study(sampler=make(seed))
                study.optimize(function, n_trials=TRIALS)
                best.append(study.best_value - minimum)
            q = np.quantile(best, [0.25, 0.5, 0.75])
            print(f"{name:12s} {sampler:28s} median {q[1]:.4f}  quartiles {q[0]:.4f} to {q[2]:.4f}")
