#!/usr/bin/env python3
"""Writes reference.json: what numpy and scipy make of a small confirmation.

    python3 reference.py > reference.json     (Debian: python3-numpy python3-scipy)

Written from the formulas of the package comment and independently of the Go
code: covariance matrices over images where that sums over images. smooth_se is
the standard error with the derivative of the standard deviation in closed form.
"""
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(6)
K, S = 4, 7
support = [60, 45, 80, 52]
labels = rng.permutation(np.repeat(np.arange(K), support))
n = len(labels)


def predictions(recall):
    """One slice a seed; images are hard or easy for all seeds."""
    hard = np.random.default_rng(11).normal(size=n)
    out = []
    for s in range(S):
        r = np.random.default_rng([s, 3])
        cut = stats.norm.ppf(recall)[labels] + 0.15 * r.normal(size=K)[labels] + 0.12 * rng.normal(size=K)[labels]
        right = cut + 0.8 * hard + 0.5 * r.normal(size=n) + 0.3316625 * rng.normal(size=n) > 0
        out.append(np.where(right, labels, (labels + 1 + r.integers(0, K - 1, n)) % K))
    return np.array(out)


a = predictions(np.array([0.85, 0.80, 0.78, 0.90]))
b = predictions(np.array([0.95, 0.62, 0.70, 0.93]))


def recalls(p):
    return np.array([[np.mean(q[labels == c] == c) for c in range(K)] for q in p])


ra, rb = recalls(a), recalls(b)
m = np.array(support)


def corrected(r):
    noise = (1 - 1 / K) * np.mean(r * (1 - r) / (m - 1), axis=1)
    return np.sqrt(np.maximum(0, r.var(axis=1) - noise))


def influence(slope_a, slope_b):
    """S x n: by how much each image moves each seed's difference, times 1/sqrt(m(m-1))."""
    z = np.zeros((S, n))
    for s in range(S):
        for c in range(K):
            i = labels == c
            da = (a[s, i] == c) - ra[s, c]
            db = (b[s, i] == c) - rb[s, c]
            z[s, i] = (slope_a[s, c] * da - slope_b[s, c] * db) / np.sqrt(m[c] * (m[c] - 1))
    return z


def difference(va, vb, z):
    d = va - vb
    mean = (z.mean(axis=0) ** 2).sum()
    cov = z @ z.T
    image = (cov.sum() - np.trace(cov)) / (S * (S - 1))
    image = max(0.0, image)
    seed = d.var(ddof=1)
    total = seed / S + image
    q = z.mean(axis=0) ** 2
    fourth = sum(((q[labels == c] - q[labels == c].mean()) ** 2).sum() for c in range(K) if q[labels == c].any())
    df_image = 2 * q.sum() ** 2 / fourth
    df = total**2 / ((seed / S) ** 2 / (S - 1) + image**2 / df_image)
    if mean > total:
        total, df = mean, df_image
    t = stats.t.ppf(1 - 0.05 / 2, df)
    return {
        "a": va.mean(), "b": vb.mean(), "estimate": d.mean(), "se": np.sqrt(total), "freedom": df,
        "low": d.mean() - t * np.sqrt(total), "high": d.mean() + t * np.sqrt(total),
        "p": 2 * stats.t.sf(abs(d.mean()) / np.sqrt(total), df),
        "measurable": (t + stats.t.ppf(0.8, df)) * np.sqrt(total),
        "seed_variance": seed, "image_variance": image,
        "sign_flip": stats.permutation_test((d,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue,
        "bound": stats.t.ppf(0.95, df) * np.sqrt(total),
    }


def gradient(r):
    """Of the population standard deviation."""
    return (r - r.mean(axis=1, keepdims=True)) / (K * r.std(axis=1, keepdims=True))


def slopes(r):
    """The same by central differences at the scale of the noise."""
    g = np.zeros_like(r)
    for c in range(K):
        e = np.zeros_like(r)
        e[:, c] = np.sqrt(r[:, c] * (1 - r[:, c]) / (m[c] - 1))
        g[:, c] = ((r + e).std(axis=1) - (r - e).std(axis=1)) / (2 * e[:, c])
    return g


ones = np.ones((S, K))
out = {
    "labels": labels.tolist(), "a": a.tolist(), "b": b.tolist(),
    "plain_a": ra.std(axis=1).mean(), "plain_b": rb.std(axis=1).mean(),
    "spread": difference(corrected(ra), corrected(rb), influence(slopes(ra), slopes(rb))),
    "smooth_se": difference(corrected(ra), corrected(rb), influence(gradient(ra), gradient(rb)))["se"],
    "balanced": difference(ra.mean(axis=1), rb.mean(axis=1), influence(ones / K, ones / K)),
    "classes": [
        {"a": ra[:, c].mean(), "b": rb[:, c].mean(), "estimate": (ra - rb)[:, c].mean()} for c in range(K)
    ],
}
print(json.dumps(out))
