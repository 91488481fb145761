#!/usr/bin/env python3
"""Times optimiser steps of the built-in models in PyTorch.

    /usr/bin/python3 bench/torch_train.py --model cnn --threads 1 --steps 20

Models, shapes and steps are those of BenchmarkTrain in objective/trainers/nets: softmax
784-10, mlp 784-256-128-10, cnn and resnet8 on 3 x 32 x 32 pixels, batch 128, AdamW,
weighted cross-entropy with weights of 1; a step gathers a shuffled batch, goes forward and backward, and
updates. --tuned keeps images channels-last; bench/train.sh adds the allocator
settings, which must be in the environment before the program starts. Prints the
images a second of the median step, and the images for a second of processor time.
--side-by-side N times N such programs that do their steps at once: the sum of their
images a second, and the images of all for a second of processor time. Needs torch
(Debian: python3-torch libopenblas0-pthread).
"""
import argparse
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

BATCH, EXAMPLES, CLASSES = 128, 1280, 10
SHAPES = {"softmax": (784,), "mlp": (784,), "cnn": (3, 32, 32), "resnet8": (3, 32, 32)}


def norm_conv(channels, filters, kernel=3, stride=1):
    """A convolution without bias, and its normalisation."""
    return nn.Sequential(nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(filters))


class Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.inner = nn.Sequential(norm_conv(channels, filters, 3, stride), nn.ReLU(), norm_conv(filters, filters))
        self.beside = nn.Identity() if stride == 1 else norm_conv(channels, filters, 1, stride)

    def forward(self, x):
        return torch.relu(self.inner(x) + self.beside(x))


def resnet8(channels, classes):
    """The residual network of `kind: resnet8`."""
    return nn.Sequential(
        norm_conv(channels, 16), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))


def network(model):
    """The layers of a kind of model."""
    if model == "softmax":
        return nn.Linear(784, CLASSES)
    if model == "mlp":
        return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, CLASSES))
    if model == "cnn":
        return nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4096, CLASSES))
    return resnet8(3, CLASSES)


def check_blas():
    """Refuses the reference BLAS, a tenth as fast, which nobody should compare with."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        text = maps.read()
    if "libblas" in text and "openblas" not in text:
        sys.exit("torch_train.py: PyTorch uses the reference BLAS here; install libopenblas0-pthread")


def side_by_side(args):
    """Starts copies of this program and lets them go on when all are ready."""
    count = args.side_by_side
    words = [__file__, "--model", args.model, "--threads", str(args.threads), "--steps", str(args.steps), "--wait"]
    words += ["--tuned"] * args.tuned
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    copies = [subprocess.Popen([sys.executable, *words], **pipe) for _ in range(count)]
    try:
        for c in copies:
            if c.stdout.readline().strip() != "ready":
                sys.exit("torch_train.py: one of the programs side by side did not get ready")
        for c in copies:
            c.stdin.write("go\n")
            c.stdin.flush()
        answers = [c.communicate()[0].split() for c in copies]
        if any(c.returncode for c in copies) or any(len(a) != 2 for a in answers):
            sys.exit("torch_train.py: one of the programs side by side failed")
    finally:
        for c in copies:
            c.kill()  # does nothing to one that has ended
            c.wait()
    wall = sum(float(a[0]) for a in answers)
    per_cpu = count / sum(1 / float(a[1]) for a in answers)  # all did as many steps
    print(f"{wall:.0f} {per_cpu:.0f}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True, choices=sorted(SHAPES))
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--steps", type=int, default=20)
    p.add_argument("--tuned", action="store_true", help="images channels-last")
    p.add_argument("--side-by-side", type=int, default=1, metavar="N", help="time N programs at once")
    p.add_argument("--wait", action="store_true", help="say ready after two steps, and wait for a line")
    args = p.parse_args()
    check_blas()
    if args.side_by_side > 1:
        side_by_side(args)
        return

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    x, y = torch.rand(EXAMPLES, *SHAPES[args.model]), torch.arange(EXAMPLES) % CLASSES
    net = network(args.model)
    if args.tuned and x.dim() == 4:
        x, net = x.contiguous(memory_format=torch.channels_last), net.to(memory_format=torch.channels_last)
    loss = nn.CrossEntropyLoss(weight=torch.ones(CLASSES))
    opt = torch.optim.AdamW(net.parameters(), lr=0.001, weight_decay=0)
    order = torch.randperm(EXAMPLES)
    took, used = [], 0.0
    for step in range(args.steps + 2):
        if step == 2:
            if args.wait:
                print("ready", flush=True)
                sys.stdin.readline()
            used = time.process_time()
        start = time.perf_counter()
        ids = order[step * BATCH % EXAMPLES:][:BATCH]
        opt.zero_grad()
        loss(net(x[ids]), y[ids]).backward()
        opt.step()
        took.append(time.perf_counter() - start)
    used = time.process_time() - used
    print(f"{BATCH / statistics.median(took[2:]):.0f} {BATCH * args.steps / used:.0f}")


if __name__ == "__main__":
    main()
