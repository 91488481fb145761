"""An MLP on a CSV table, for train.py and retrain.py. It knows nothing of evenkeel.

What to train on comes from the environment, so that both use the same:

    TABLE_TRAIN, TABLE_TEST   files with a header, numbers, and a column with the classes
    TABLE_LABEL               that column; label
    TABLE_VALIDATION          share of each class of the training file held out; 0.25
    TABLE_LIMIT               rows of each class used of the training file, 0 = all; 0
    TABLE_HIDDEN              units of the hidden layer; 32
    TABLE_BATCH, TABLE_RATE   rows a step, learning rate of Adam; 32, 0.005
"""

import csv
import hashlib
import os

import numpy as np
import torch
from torch import nn

DEFAULTS = {"LABEL": "label", "VALIDATION": "0.25", "LIMIT": "0", "HIDDEN": "32", "BATCH": "32", "RATE": "0.005"}


def setting(name):
    value = os.environ.get("TABLE_" + name, DEFAULTS.get(name))
    if value is None:
        raise SystemExit(f"TABLE_{name} is not set; want a CSV file, such as letter_{name.lower()}.csv")
    return value


class Table:
    """The parts of a table, standardised over its training part, and its class names."""

    def __init__(self):
        torch.set_num_threads(1)  # two trainings side by side beat one with two threads
        x, labels = read(setting("TRAIN"))
        test_x, test_labels = read(setting("TEST"))
        self.classes = sorted(set(labels))
        y, test_y = ([self.classes.index(v) for v in values] for values in (labels, test_labels))
        learn, held = split(np.array(y), float(setting("VALIDATION")), int(setting("LIMIT")))
        mean, std = x[learn].mean(0), x[learn].std(0) + 1e-9
        part = lambda rows, to: (torch.tensor((rows - mean) / std, dtype=torch.float32), torch.tensor(to))
        self.train = part(x[learn], np.array(y)[learn])
        self.val = part(x[held], np.array(y)[held])
        self.test = part(test_x, np.array(test_y))

    def name(self):
        """Names the data and what is trained on them."""
        digest = hashlib.sha256()
        for name in ("TRAIN", "TEST"):
            with open(setting(name), "rb") as file:
                digest.update(file.read())
        return "/".join([digest.hexdigest()[:12]] + [f"{n.lower()} {setting(n)}" for n in DEFAULTS])


def read(path):
    """Return the numbers of a CSV file and the names of the classes of its rows."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index(setting("LABEL"))
    return np.array([row[:at] + row[at + 1:] for row in rows[1:]], float), [row[at] for row in rows[1:]]


def split(y, share, limit, seed=1):
    """Return the rows of the training and of the validation part, the same for all seeds."""
    rng = np.random.default_rng(seed)
    learn, held = [], []
    for c in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == c))
        rows = rows[:limit] if limit else rows
        ends = round(share * len(rows))
        held.append(rows[:ends])
        learn.append(rows[ends:])
    return np.concatenate(learn), np.concatenate(held)


def fit(table, seed, epochs, weights, each=None):
    """Return a model that was trained with class weights; each(epoch, loss) after an epoch."""
    x, y = table.train
    torch.manual_seed(seed)
    hidden = int(setting("HIDDEN"))
    model = nn.Sequential(nn.Linear(x.shape[1], hidden), nn.ReLU(), nn.Linear(hidden, len(table.classes)))
    optimizer = torch.optim.Adam(model.parameters(), lr=float(setting("RATE")))
    loss_fn = nn.CrossEntropyLoss(weight=torch.tensor(weights, dtype=torch.float32))
    shuffle = torch.Generator().manual_seed(seed)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(y), generator=shuffle).split(int(setting("BATCH"))):
            optimizer.zero_grad()
            loss = loss_fn(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        if each is not None:
            each(epoch, total / len(y))
    return model


def logits(model, x):
    with torch.no_grad():
        return model(x)
