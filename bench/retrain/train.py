#!/usr/bin/env python3
"""The trainer whose study retrain.py repeats: an MLP on a CSV table. See model.py for the
environment variables that say which, and retrain.py for how to run both."""

import evenkeel

import model


def main():
    table = model.Table()
    for run in evenkeel.runs(classes=table.classes, data=table.name(), epochs=60):
        trained = model.fit(table, run.seed, run.epochs, run.class_weights, run.epoch)
        (val_x, val_y), (test_x, test_y) = table.val, table.test
        run.result(val=(val_y, model.logits(trained, val_x)), test=lambda: (test_y, model.logits(trained, test_x)))


if __name__ == "__main__":
    main()
