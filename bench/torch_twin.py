#!/usr/bin/env python3
"""Trains in PyTorch what the built-in kinds of models train here, and measures it.

    go run ./bench/exportsplit -out /tmp/split -seed 1
    /usr/bin/python3 bench/torch_twin.py --data /tmp/split --seeds 5

The twin has the same examples, standardisation, layers, initial distribution,
loss (CrossEntropyLoss(weight=w)), optimiser, batch size and epochs, but its own
generator and its own code, so single runs differ and means over seeds agree.
Keys of the model are those of a study file, given as JSON; absent ones take
the default. Prints one JSON object: for each seed the balanced accuracy and the
per-class recall on the test part, and the seconds of training.

Needs torch and numpy (Debian: python3-torch). The Go test TwinAgrees in
objective/trainers/nets (build tag integration) runs it and compares.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch import nn

from torch_train import resnet8

DEFAULTS = {
    "kind": "mlp", "epochs": 15, "batch": 128, "optimizer": "adam", "learning_rate": 0.001,
    "momentum": 0.9, "weight_decay": 0.0, "dropout": 0.0, "augment": "none", "hidden": [128],
}


def load(folder, shape):
    """Returns the parts standardised by the training part: per channel or column."""
    parts = {}
    for name in ("train", "val", "test"):
        x = np.load(os.path.join(folder, name + "_x.npy")).astype(np.float64)
        y = np.load(os.path.join(folder, name + "_y.npy")).astype(np.int64)
        parts[name] = (x.reshape(len(x), *shape), y)
    axes = (0, 2, 3) if len(shape) == 3 else (0,)
    mean = parts["train"][0].mean(axis=axes, keepdims=True)
    std = parts["train"][0].std(axis=axes, keepdims=True)
    scale = np.where(std > 0, 1 / np.where(std > 0, std, 1), 0)
    return {
        name: (torch.tensor((x - mean) * scale, dtype=torch.float32), torch.tensor(y))
        for name, (x, y) in parts.items()
    }


def network(model, shape, classes):
    """The layers of a kind of model for examples of a shape."""
    kind = model["kind"]
    if kind == "cnn":
        return cnn(model, shape, classes)
    if kind == "resnet8":
        return resnet8(shape[0], classes)
    if kind in ("softmax", "mlp"):
        hidden = model["hidden"] if kind == "mlp" else []
        layers = dense([int(np.prod(shape)), *hidden, classes], model["dropout"])
        return nn.Sequential(nn.Flatten(), *layers)
    raise SystemExit(f"torch_twin.py has no network for kind {kind}; want softmax, mlp, cnn or resnet8")


def cnn(model, shape, classes):
    """Two convolution blocks, dropout and a linear layer, initialised by default."""
    channels, height, width = shape
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(model["dropout"]), nn.Linear(64 * (height // 4) * (width // 4), classes))


def dense(widths, dropout):
    """Linear layers between the given widths, with ReLU and dropout between them."""
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        if i > 0:
            layers.append(nn.ReLU())
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
        layer = nn.Linear(a, b)
        # The default initialisation, spelled out: uniform in +-1/sqrt(a).
        nn.init.uniform_(layer.weight, -(a ** -0.5), a ** -0.5)
        nn.init.uniform_(layer.bias, -(a ** -0.5), a ** -0.5)
        layers.append(layer)
    return layers


def augmented(model, x):
    """Training images mirrored and moved, each on its own, as `augment` says."""
    if model["augment"] == "none":
        return x
    most = (min(x.shape[2:]) + 4) // 8 if model["augment"] == "flip-crop" else 0
    padded = nn.functional.pad(x, (most,) * 4)
    out = torch.empty_like(x)
    for i in range(len(x)):
        down, right = (int(v) for v in torch.randint(0, 2 * most + 1, (2,)))
        image = padded[i, :, down:down + x.shape[2], right:right + x.shape[3]]
        out[i] = image.flip(2) if torch.rand(1) < 0.5 else image
    return out


def outputs(net, x):
    """The outputs for many examples, some at a time."""
    return torch.cat([net(part) for part in x.split(500)])


def optimizer(model, parameters):
    if model["optimizer"] == "adam":
        return torch.optim.AdamW(parameters, lr=model["learning_rate"], weight_decay=model["weight_decay"])
    return torch.optim.SGD(
        parameters, lr=model["learning_rate"], momentum=model["momentum"], weight_decay=model["weight_decay"])


def train(model, parts, classes, weights, seed):
    """Trains one network and returns (test recall per class, seconds)."""
    torch.manual_seed(seed)
    x, y = parts["train"]
    net = network(model, x.shape[1:], classes)
    loss = nn.CrossEntropyLoss(weight=weights)
    opt = optimizer(model, net.parameters())
    start = time.perf_counter()
    for _ in range(model["epochs"]):
        order = torch.randperm(len(x))
        net.train()
        for k in range(0, len(x), model["batch"]):
            ids = order[k:k + model["batch"]]
            opt.zero_grad()
            loss(net(augmented(model, x[ids])), y[ids]).backward()
            opt.step()
        net.eval()
        with torch.no_grad():  # ours measures the validation loss in every epoch too
            nn.functional.cross_entropy(outputs(net, parts["val"][0]), parts["val"][1])
    seconds = time.perf_counter() - start
    with torch.no_grad():
        predicted = outputs(net, parts["test"][0]).argmax(dim=1)
    truth = parts["test"][1]
    return [float((predicted[truth == c] == c).float().mean()) for c in range(classes)], seconds


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="folder written by exportsplit")
    p.add_argument("--seeds", type=int, default=5, help="number of training seeds")
    p.add_argument("--model", default="{}", help="model keys as a JSON object")
    p.add_argument("--weights", default="null", help="class weights as a JSON list")
    args = p.parse_args()

    with open(os.path.join(args.data, "split.json"), encoding="utf-8") as f:
        split = json.load(f)
    classes = len(split["classes"])
    given = json.loads(args.model)
    model = {**DEFAULTS, **given}
    weights = json.loads(args.weights)
    weights = None if weights is None else torch.tensor(weights, dtype=torch.float32)
    torch.set_num_threads(1)
    parts = load(args.data, split["shape"])
    runs = []
    for seed in range(1, args.seeds + 1):
        recall, seconds = train(model, parts, classes, weights, seed)
        runs.append({"seed": seed, "balanced_accuracy": sum(recall) / classes, "recall": recall, "seconds": seconds})
    print(json.dumps({"torch": torch.__version__, "model": model, "runs": runs}))


if __name__ == "__main__":
    main()
