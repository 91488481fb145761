"""Wanted values for the tests of package data, from another program.

Made with numpy from the official files and from the documented rules, sharing
no code with the Go side. Run:  python3 independent.py [FOLDER]
Printed: SHA-256 of the uncompressed sample, the fingerprint of the embedded
data, sums of grey levels, and which examples some splits hold out.
"""
import gzip
import hashlib
import math
import sys

import numpy as np

DIR = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist"
M64 = (1 << 64) - 1


def part(prefix, n):
    with gzip.open(f"{DIR}/{prefix}-images-idx3-ubyte.gz") as f:
        x = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28).astype(int)
    with gzip.open(f"{DIR}/{prefix}-labels-idx1-ubyte.gz") as f:
        y = np.frombuffer(f.read(), np.uint8, offset=8)
    keep = np.sort(np.concatenate([np.where(y == c)[0][:n] for c in range(10)]))
    x, y = x[keep], y[keep]
    mean = np.floor(x.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) + 0.5)
    level = np.rint(mean / 17).astype(np.uint8)  # mean/17 is never a tie
    return level, y


def pcg(seed1, seed2):
    """Go's math/rand/v2 PCG: a 128-bit LCG with the DXSM output function."""
    state = seed1 << 64 | seed2
    mul = 2549297995355413924 << 64 | 4865540595714422341
    inc = 6364136223846793005 << 64 | 1442695040888963407
    while True:
        state = (state * mul + inc) & ((1 << 128) - 1)
        hi, lo = state >> 64, state & M64
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 & M64
        hi ^= hi >> 48
        yield hi * (lo | 1) & M64


def ranking(purpose, seed, c, n):
    h = hashlib.sha256(f"evenkeel split 1: {purpose}, seed {seed}, class {c}".encode()).digest()
    g = pcg(int.from_bytes(h[:8], "big"), int.from_bytes(h[8:16], "big"))
    keys = [next(g) for _ in range(n)]
    return sorted(range(n), key=lambda i: (keys[i], i))


def split(y, classes, seed, validation, test, limit, resplit=0):
    """Role of each example: '-' dropped, t training, v validation, s sealed test."""
    later = resplit or seed
    role = ["t"] * len(y)
    for c in range(classes):
        member = [i for i, k in enumerate(y) if k == c]

        def take(purpose, seed, n, to):
            for p in ranking(purpose, seed, c, len(member)):
                if n > 0 and role[member[p]] == "t":
                    role[member[p]] = to
                    n -= 1

        left = len(member)
        if test:
            n = max(1, min(left - 2, math.floor(test * left + 0.5)))
            take("test", seed, n, "s")
            left -= n
        if limit and left > limit:
            take("limit", later, left - limit, "-")
            left = limit
        take("validation", later, max(1, min(left - 1, math.floor(validation * left + 0.5))), "v")
    return "".join(role)


def main():
    a, ya = part("train", 600)
    b, yb = part("t10k", 400)
    columns = np.concatenate([a, b]).transpose(0, 2, 1).reshape(-1, 98, 2)
    packed = (columns[:, :, 0] << 4 | columns[:, :, 1]).astype(np.uint8)
    raw = ya.tobytes() + yb.tobytes() + packed.tobytes()
    print("uncompressed", len(raw), hashlib.sha256(raw).hexdigest())
    print("fingerprint", hashlib.sha256(b"evenkeel data: fashion sample, preparation 1\n" + raw).hexdigest())
    print("sum of levels", int(a.sum(dtype=int)), int(b.sum(dtype=int)))
    for seed, limit in ((1, 0), (1, 100), (2, 0)):
        role = split(ya, 10, seed, 0.2, 0, limit)
        print("embedded: seed", seed, "limit", limit, "counts",
              role.count("t"), role.count("v"), "roles", hashlib.sha256(role.encode()).hexdigest())
    y = [i % 3 for i in range(30)]
    for args in ((7, 0.2, 0.3, 0), (7, 0.2, 0.3, 5), (-1, 0.5, 0, 4),
                 (7, 0.2, 0.3, 0, 9), (7, 0.2, 0.3, 5, 9), (7, 0.2, 0.3, 5, 7)):
        print("i % 3:", args, split(y, 3, *args))


main()
