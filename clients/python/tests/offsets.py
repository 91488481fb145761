"""fit_offsets with the real program, which the environment variable EVENKEEL names, and NumPy.

Not found by `python3 -m unittest` on its own: `EVENKEEL=... python3 -m unittest tests.offsets`.
"""

from __future__ import annotations

import unittest

import numpy as np

import evenkeel


class RealProgram(unittest.TestCase):
    def setUp(self) -> None:
        rng = np.random.default_rng(1)
        self.labels = np.arange(600) % 3
        self.logits = rng.normal(size=(600, 3)) + 2 * np.eye(3)[self.labels] + [1.0, 0.0, -1.0]

    def test_offsets_even_the_recalls_out(self) -> None:
        found = evenkeel.fit_offsets(self.labels, self.logits)
        self.assertTrue(found.gains)
        self.assertLess(found.interval[0], found.change)
        self.assertLess(found.change, found.interval[1])
        recalls = [np.mean((self.logits + found.offsets).argmax(1)[self.labels == c] == c) for c in range(3)]
        self.assertLess(np.std(recalls), np.std(found.before) / 2)
        self.assertEqual(found.figures["examples"], [200, 200, 200])

    def test_every_form_gives_the_same(self) -> None:
        want = evenkeel.fit_offsets(self.labels, self.logits.astype("f"))
        for labels, logits in (
            (self.labels.tolist(), self.logits.tolist()),
            (self.labels.astype("u1"), np.asfortranarray(self.logits)),
            (np.array(["a", "b", "c"])[self.labels], self.logits),
        ):
            self.assertEqual(evenkeel.fit_offsets(labels, logits).offsets, want.offsets)

    def test_probabilities(self) -> None:
        p = np.exp(self.logits) / np.exp(self.logits).sum(1, keepdims=True)
        with self.assertRaisesRegex(ValueError, "logits.npy has probabilities, not logits"):
            evenkeel.fit_offsets(self.labels, p)
        self.assertTrue(evenkeel.fit_offsets(self.labels, p, probabilities=True).gains)

    def test_what_the_program_refuses(self) -> None:
        with self.assertRaisesRegex(ValueError, "--spread range is not known"):
            evenkeel.fit_offsets(self.labels, self.logits, spread="range")
