#!/usr/bin/env python3
"""Trains a small CNN on Fashion-MNIST or CIFAR-10 with PyTorch.

    python3 train.py                        # once, unweighted; prints the recalls
    evenkeel search study.yaml              # searches over weighting schemes
    python3 train.py --cifar10 DIR          # the same on CIFAR-10, binary version

Lines marked `# evenkeel` are what made an ordinary training script a trainer.
"""
import argparse
import gzip
import os

import evenkeel  # evenkeel: before anything that may print

import numpy as np
import torch
from torch import nn

FASHION = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"]
CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def load_fashion(folder):
    """Images and labels of the training part and of the test part."""
    def read(name, header, *shape):
        with gzip.open(os.path.join(folder, name)) as file:
            return np.frombuffer(file.read(), np.uint8, offset=header).reshape(-1, *shape)

    return [(read(part + "-images-idx3-ubyte.gz", 16, 1, 28, 28), read(part + "-labels-idx1-ubyte.gz", 8))
            for part in ("train", "t10k")]


def load_cifar10(folder):
    """The same of data_batch_1.bin to data_batch_5.bin, and of test_batch.bin."""
    def read(*names):
        rows = np.concatenate([np.fromfile(os.path.join(folder, name), np.uint8) for name in names]).reshape(-1, 3073)
        return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]

    return read(*(f"data_batch_{i}.bin" for i in range(1, 6))), read("test_batch.bin")


def stratified(images, labels, sizes, seed=1):
    """Disjoint parts with sizes[i] examples of every class, as tensors."""
    rng = np.random.default_rng(seed)
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    if sum(sizes) > min(map(len, members)):
        raise SystemExit(f"{sum(sizes)} examples a class asked for; there are {min(map(len, members))}")
    ends = np.cumsum(sizes)
    parts = [np.concatenate([m[end - size:end] for m in members]) for end, size in zip(ends, sizes)]
    return [(torch.tensor(images[part] / np.float32(255)), torch.tensor(labels[part].astype(np.int64)))
            for part in parts]


def network(channels, size, classes, width, dropout):
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Dropout(dropout), nn.Linear(2 * width * (size // 4) ** 2, classes))


def logits(model, x):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(batch) for batch in x.split(1000)])


def train(x, y, run, classes, width=16, dropout=0.0, learning_rate=0.002):
    torch.manual_seed(run.seed)
    model = network(x.shape[1], x.shape[2], classes, width, dropout).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    shuffle = torch.Generator().manual_seed(run.seed)
    for epoch in range(1, run.epochs + 1):
        weight = torch.tensor(run.weights_at(epoch), device=x.device)  # evenkeel
        loss_fn = nn.CrossEntropyLoss(weight=weight)
        model.train()
        total = 0.0
        for batch in torch.randperm(len(y), generator=shuffle).to(x.device).split(64):
            optimizer.zero_grad()
            loss = loss_fn(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        run.epoch(epoch, loss=total / len(y))  # evenkeel
        if run.should_stop:  # evenkeel
            break
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fashion", default="/usr/share/datasets/fashion-mnist", help="folder with the .gz files")
    parser.add_argument("--cifar10", metavar="DIR", help="folder with data_batch_1.bin; instead of Fashion-MNIST")
    parser.add_argument("--sizes", type=int, nargs=3, default=[400, 200, 200], metavar=("TRAIN", "VAL", "TEST"),
                        help="examples of each class")
    args = parser.parse_args()
    torch.set_num_threads(1)  # two slots side by side beat one with two threads
    torch.backends.cudnn.deterministic = True
    device = "cuda" if torch.cuda.is_available() else "cpu"

    name, names = ("cifar10", CIFAR10) if args.cifar10 else ("fashion-mnist", FASHION)
    learn, held = load_cifar10(args.cifar10) if args.cifar10 else load_fashion(args.fashion)
    parts = stratified(*learn, args.sizes[:2]) + stratified(*held, args.sizes[2:])
    mean, std = (f(parts[0][0], dim=(0, 2, 3), keepdim=True) for f in (torch.mean, torch.std))
    (x, y), (val_x, val_y), (test_x, test_y) = [
        (((x - mean) / std).to(device), y.to(device)) for x, y in parts]

    data = f"{name}/{'-'.join(map(str, args.sizes))}/v1"
    for run in evenkeel.runs(classes=names, data=data, epochs=8, supports=["loss", "weights_from"]):  # evenkeel
        model = train(x, y, run, len(names), **run.params)
        run.result(val=(val_y, logits(model, val_x)), test=lambda: (test_y, logits(model, test_x)))  # evenkeel


if __name__ == "__main__":
    main()
