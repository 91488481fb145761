#!/usr/bin/env python3
"""Does an option do elsewhere what `evenkeel recommend` promises?

A study of train.py is searched and confirmed. Then every option is trained on 30 further
seeds without the program, from nothing but what the printed commands deliver, and measured
on the test file. Everything is decided by the seeds, so a repetition gives the same table.

    export TABLE_TRAIN=$PWD/letter_train.csv TABLE_TEST=$PWD/letter_test.csv
    export PYTHONPATH=clients/python
    evenkeel --db letter.db search bench/retrain/study.yaml --set model.epochs=6 --confirm
    bench/retrain/retrain.py --db letter.db --epochs 6

model.py lists the other variables. Set them alike for both commands. --model names another
module with the same functions: fashion is the example of examples/pytorch. --again trains on the
seeds of the confirmation instead: then the figures must be the promised ones, except where
a recipe's parameters are printed with three digits, and where offsets of models that no
search trained were measured on each seed with those of the others. What is run of each option
is its column `command`, with --format json in place of --format torch:

    offsets-fixed, longer-then-offsets    the offsets, added to the logits
    offsets-refitted                      evenkeel offsets on every model's validation logits
    weights-fixed, weights-then-offsets   the vector in the loss, and the offsets
    longer                                the number of epochs
    weights-remeasured                    the recipe by hand: evenkeel weights --scheme ...
                                          with the recalls of the round before, (TP+1)/(n+2)

The table has the plain spread, the standard deviation of the recalls, and the balanced
accuracy, as differences to the unweighted model of the same seed, with the standard error
over seeds. A figure is inside where

    |promised - retrained| <= half sqrt(1 + se_r^2 / se_p^2)

half is half the width of the promised interval, se_p = half / 1.96, and se_r the standard
error of the retraining. The promised interval is for other test examples too. Both sides
are measured on the same ones, so more than 95 % are to be expected inside.

Needs PyTorch and NumPy (Debian: python3-torch, python3-numpy).
"""

import argparse
import concurrent.futures
import importlib
import json
import math
import os
import re
import shlex
import subprocess
import tempfile

import numpy as np

FIRST_SEED = 1  # of the retraining; those of a study are numbers up to 2^31


class NotRepeated(Exception):
    """An option cannot be repeated by hand; the text says why."""


class Program:
    """evenkeel on one database."""

    def __init__(self, path, db, study):
        self.path, self.db, self.study = path, db, study

    def json(self, *arguments, cwd=None):
        command = [self.path, *arguments, "--format", "json"]
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{shlex.join(command)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def options(self):
        return self.json("recommend", *([self.study] if self.study else []), "--db", self.db)

    def seeds(self):
        """Return the seeds of the confirmation."""
        return [row["seed"] for row in self.json("query", "SELECT DISTINCT seed FROM confirm_runs ORDER BY replicate", "--db", self.db)]

    def printed(self, command):
        """Run a printed command as data."""
        words = shlex.split(command)
        if words[0] != "evenkeel" or words[-2:] != ["--format", "torch"]:
            raise NotRepeated(f"its command is {command!r}")
        return self.json(*words[1:-2], "--db", self.db)[0]

    def recipe(self, command):
        """Return scheme, exponent and update of the trial that `evenkeel show N` shows."""
        words = shlex.split(command)
        done = subprocess.run([self.path, *words[1:], "--db", self.db], check=True, stdout=subprocess.PIPE, text=True)
        text = done.stdout.splitlines()[1]
        found = re.fullmatch(r"([a-z-]+) ([0-9.]+)( accumulate| replace)?", text)
        if not found:
            raise NotRepeated(f"its recipe is {text!r}; only a scheme with an exponent and an update is repeated")
        return found[1], found[2], (found[3] or "").strip() or "replace"

    def weights(self, scheme, exponent, recall):
        rows = self.json("weights", "--scheme", scheme, "--exponent", exponent, "--recall", ",".join(map(repr, recall)))
        return np.array([row["weight"] for row in rows])

    def offsets(self, command, logits, labels):
        with tempfile.TemporaryDirectory() as folder:
            np.save(os.path.join(folder, "logits.npy"), logits)
            np.save(os.path.join(folder, "labels.npy"), labels)
            named = {"LOGITS": "logits.npy", "LABELS": "labels.npy"}
            words = [named.get(word, word) for word in shlex.split(command)]
            return np.array(self.json(*words[1:-2], cwd=folder)[0]["offsets"])


class Plan:
    """What the commands of the options deliver: vectors, offsets, epochs, the recipe."""

    def __init__(self, program, options, epochs):
        self.program, self.epochs = program, epochs
        self.weights, self.offsets, self.commands, self.why = {}, {}, {}, {}
        self.longer = self.recipe = None
        for option in options:
            name = option["option"]
            self.commands[name] = option["command"]
            try:
                if not option["seeds"]:
                    raise NotRepeated(option["reason"])
                self.read(name, option)
            except NotRepeated as err:
                self.why[name] = str(err)

    def read(self, name, option):
        command = option["command"]
        if name == "longer":
            self.longer = int(re.search(r"model\.epochs=(\d+)", command)[1])
        elif name == "weights-remeasured":
            self.recipe = (*self.program.recipe(command), int(option["round"]))
        elif name not in ("nothing", "offsets-refitted"):
            found = self.program.printed(command)
            if found.get("applied_by", "loss") != "loss" or found.get("weights_from"):
                raise NotRepeated("its weights do more than weigh the loss")
            for into, column in ((self.weights, "weights"), (self.offsets, "offsets")):
                if column in found:
                    into[name] = np.array(found[column])

    def done(self, name):
        return name not in self.why

    def seed(self, table, seed):
        """Return the recalls on the test file of every option, trained with one seed."""
        k = len(table.classes)
        train = lambda epochs, weights: model.fit(table, seed, epochs, weights)
        test = lambda trained, offsets=0: recalls(table.test, model.logits(trained, table.test[0]).numpy() + offsets)
        plain = train(self.epochs, np.ones(k))
        out = {"nothing": test(plain)}
        if self.done("offsets-fixed"):
            out["offsets-fixed"] = test(plain, self.offsets["offsets-fixed"])
        if self.done("offsets-refitted"):
            val = model.logits(plain, table.val[0]).numpy()
            out["offsets-refitted"] = test(plain, self.program.offsets(self.commands["offsets-refitted"], val, table.val[1].numpy()))
        for name in ("weights-fixed", "weights-then-offsets"):
            if self.done(name):
                key = tuple(self.weights[name])
                trained = trained if name == "weights-then-offsets" and key == last else train(self.epochs, self.weights[name])
                out[name], last = test(trained, self.offsets.get(name, 0)), key
        if self.longer:
            trained = train(self.longer, np.ones(k))
            out["longer"] = test(trained)
            if self.done("longer-then-offsets"):
                out["longer-then-offsets"] = test(trained, self.offsets["longer-then-offsets"])
        if self.recipe:
            out["weights-remeasured"] = test(self.by_hand(table, plain, train))
        return out

    def by_hand(self, table, trained, train):
        """Repeat the recipe from the unweighted model, as one would by hand."""
        scheme, exponent, update, rounds = self.recipe
        old = np.ones(len(table.classes))
        for _ in range(rounds):
            smoothed = recalls(table.val, model.logits(trained, table.val[0]).numpy(), 1)
            new = self.program.weights(scheme, exponent, smoothed)
            if update == "accumulate":
                new = new * old
            old = new / new.mean()
            trained = train(self.epochs, old)
        return trained


def recalls(part, logits, laplace=0):
    """Return the recall of each class, (TP + laplace) / (n + 2 laplace)."""
    labels = part[1].numpy()
    k = logits.shape[1]
    hit = logits.argmax(1) == labels
    return (np.bincount(labels[hit], minlength=k) + laplace) / (np.bincount(labels, minlength=k) + 2 * laplace)


model = _worker = None


def begin(plan, name):
    """Make a process ready to train: import the model and read its data."""
    global model, _worker
    model = importlib.import_module(name)
    _worker = plan, model.Table()


def work(seed):
    plan, table = _worker
    return plan.seed(table, seed)


def inside(promised, low, high, values):
    """Return the retrained mean, its standard error, and whether it is inside."""
    mean, se = np.mean(values), np.std(values, ddof=1) / math.sqrt(len(values))
    half = (high - low) / 2
    return mean, se, abs(promised - mean) <= math.hypot(half, 1.96 * se)


def cells(option, values, scale, digits, columns):
    promised, low, high = (scale * option[c] for c in columns)
    mean, se, ok = inside(promised, low, high, scale * values)
    return [f"{signed(promised, digits)} ({signed(low, digits)} to {signed(high, digits)})",
            f"{signed(mean, digits)} ± {signed(se, digits)[1:]}", "yes" if ok else "**no**"], ok


def signed(value, digits):
    """Write a number as evenkeel does: -.012 for spreads, -0.5 for points."""
    text = f"{round(value, digits) + 0.0:+.{digits}f}"
    return re.sub(r"^([+-])0\.", r"\1.", text) if digits > 1 else text


def main():
    parser = argparse.ArgumentParser(description="Trains the options of a confirmed study outside the program.")
    parser.add_argument("--db", default="evenkeel.db", help="the database of the study")
    parser.add_argument("--study", help="its name, where the database has several")
    parser.add_argument("--model", default="model", choices=["model", "fashion"], help="what is trained: model.py or fashion.py")
    parser.add_argument("--epochs", type=int, required=True, help="the epochs of the study")
    parser.add_argument("--seeds", type=int, default=30, help="how many")
    parser.add_argument("--again", action="store_true", help="train on the seeds of the confirmation, to test this script")
    parser.add_argument("--evenkeel", default="evenkeel", help="the program")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at once")
    args = parser.parse_args()
    program = Program(os.path.abspath(args.evenkeel) if "/" in args.evenkeel else args.evenkeel, os.path.abspath(args.db), args.study)
    options = program.options()
    if any(option["state"] != "confirmed" for option in options):
        raise SystemExit("the study is not confirmed; want evenkeel confirm first")
    plan = Plan(program, options, args.epochs)
    seeds = program.seeds() if args.again else range(FIRST_SEED, FIRST_SEED + args.seeds)
    with concurrent.futures.ProcessPoolExecutor(args.jobs, initializer=begin, initargs=(plan, args.model)) as pool:
        found = list(pool.map(work, seeds))

    print("| option | spread promised | retrained | inside | accuracy promised, points | retrained | inside |")
    print("| --- | ---: | ---: | --- | ---: | ---: | --- |")
    hits, reasons = [], []
    for option in options:
        name = option["option"]
        if name == "nothing":
            continue
        if name not in found[0]:
            reasons.append(f"{name} was not repeated: {plan.why.get(name) or 'what it is made of was not'}")
            continue
        change = lambda f: np.array([f(one[name]) - f(one["nothing"]) for one in found])
        spread, a = cells(option, change(np.std), 1, 3, ("plain_change", "plain_change_low", "plain_change_high"))
        accuracy, b = cells(option, change(np.mean), 100, 1,
                            ("balanced_accuracy_change", "balanced_accuracy_low", "balanced_accuracy_high"))
        hits += [a, b]
        print("| " + " | ".join([f"`{name}`" + (" *" if option["recommended"] else ""), *spread, *accuracy]) + " |")
    nothing = next(option for option in options if option["option"] == "nothing")
    use = next(option["option"] for option in options if option["recommended"])
    spread, accuracy = (np.mean([f(one["nothing"]) for one in found]) for f in (np.std, np.mean))
    print(f"\n{sum(hits)} of {len(hits)} inside, {len(seeds)} seeds; recommended: {use}. Without weights: spread "
          f"{nothing['plain_spread']:.3f} promised, {spread:.3f} retrained; balanced accuracy "
          f"{100 * nothing['balanced_accuracy']:.1f} and {100 * accuracy:.1f} %.")
    for reason in reasons:
        print(reason + ".")


if __name__ == "__main__":
    main()
