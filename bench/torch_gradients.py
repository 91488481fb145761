#!/usr/bin/env python3
"""Computes loss and gradients of `kind: cnn` in PyTorch, in float64.

Reads one JSON object from stdin: shape (channels, height, width), x (images one
after another), labels, rows (the weight of each image), offset (one per class),
and parameters, a list per tensor in the layout that package nets uses:

    3 x 3 x channels x filters, filters      (twice)
    height/4 x width/4 x filters x classes, classes

Prints {"loss": ..., "gradients": [...]}, the gradients in the same layout. The Go
test CNNGradientsInTorch in objective/trainers/nets (build tag integration) runs it.
"""
import json
import sys

import torch
from torch import nn


def main():
    given = json.load(sys.stdin)
    channels, height, width = given["shape"]
    tensors = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in given["parameters"]]
    net = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2))
    y = torch.tensor(given["x"], dtype=torch.float64).reshape(-1, channels, height, width)
    for w, b in (tensors[0:2], tensors[2:4]):
        filters = w.reshape(3, 3, -1, len(b)).permute(3, 2, 0, 1)
        y = net(nn.functional.conv2d(y, filters, b, padding=1))
    y = y.permute(0, 2, 3, 1).flatten(1)
    classes = len(tensors[5])
    logits = y @ tensors[4].reshape(-1, classes) + tensors[5] + torch.tensor(given["offset"], dtype=torch.float64)
    ce = nn.functional.cross_entropy(logits, torch.tensor(given["labels"]), reduction="none")
    rows = torch.tensor(given["rows"], dtype=torch.float64)
    loss = (rows * ce).sum() / rows.sum()
    loss.backward()
    print(json.dumps({"loss": loss.item(), "gradients": [t.grad.tolist() for t in tensors]}))


if __name__ == "__main__":
    main()
