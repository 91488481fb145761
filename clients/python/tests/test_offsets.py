"""fit_offsets with a stand-in for the program; tests/offsets.py has the real one."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Tuple

from tests.trainer import Case

PROGRAM = """\
#!{python}
import json, os, sys
from tests.trainer import read_npy
json.dump({{"words": sys.argv[1:], "logits": read_npy("logits.npy"), "labels": read_npy("labels.npy")}}, open({seen!r}, "w"))
if {fails}:
    print("evenkeel: what was wrong", file=sys.stderr)
    sys.exit(2)
print(json.dumps([{{
    "classes": ["0", "1"], "offsets": [0.5, -0.5], "gains": True, "recall_before": [0.4, 0.9], "recall_after": [0.7, 0.8],
    "change": -0.2, "change_low": -0.3, "change_high": -0.1, "balanced_accuracy_change": 0.1, "balanced_accuracy_low": -0.05,
    "balanced_accuracy_high": 0.2, "within_tolerance": "perhaps",
}}]))
"""


class FitOffsets(Case):
    def program(self, fails: bool = False) -> str:
        path = self.write("bin/evenkeel", PROGRAM.format(python=sys.executable, seen=os.path.join(self.folder, "seen"), fails=fails))
        os.chmod(path, 0o755)
        return path

    def fit(self, call: str, **env: str) -> Tuple[str, str]:
        """Return what a script prints that makes the call, and its errors."""
        script = f"import evenkeel\nfound = evenkeel.fit_offsets({call})\nprint(found)\n"
        _, output, errors = self.by_hand(script, **env)
        return output, errors

    def seen(self) -> Any:
        with open(os.path.join(self.folder, "seen"), encoding="utf-8") as file:
            return json.load(file)

    def test_what_the_program_gets_and_says(self) -> None:
        output, errors = self.fit("[0, 1, 1], [[1, 2], [3.5, 4], [-1, 0]], tolerance=0.02, spread='gap'", EVENKEEL=self.program())
        self.assertEqual(errors, "")
        self.assertIn("Offsets(offsets=[0.5, -0.5], classes=['0', '1'], gains=True, before=[0.4, 0.9], after=[0.7, 0.8], "
                      "change=-0.2, interval=(-0.3, -0.1), cost=0.1, cost_interval=(-0.05, 0.2), within_tolerance='perhaps'", output)
        seen = self.seen()
        self.assertEqual(seen["words"], ["offsets", "logits.npy", "labels.npy", "--format", "json", "--tolerance", "0.02", "--spread", "gap"])
        self.assertEqual(seen["logits"], [[3, 2], "<f4", [1, 2, 3.5, 4, -1, 0]])
        self.assertEqual(seen["labels"], [[3], "<u2", [0, 1, 1]])

    def test_names(self) -> None:
        program = self.program()
        output, errors = self.fit("['dog', 'cat', 'dog'], [[1, 2], [3, 4], [5, 6]], probabilities=True", EVENKEEL=program)
        self.assertIn("classes=['cat', 'dog']", output, errors)
        self.assertEqual(self.seen()["labels"][2], [1, 0, 1])
        self.assertEqual(self.seen()["words"][-1], "--probabilities")
        output, errors = self.fit("['dog', 'cat', 'dog'], [[1, 2], [3, 4], [5, 6]], classes=['dog', 'cat']", EVENKEEL=program)
        self.assertIn("classes=['dog', 'cat']", output, errors)
        self.assertEqual(self.seen()["labels"][2], [0, 1, 0])

    def test_found_on_the_path(self) -> None:
        path = os.path.dirname(self.program()) + os.pathsep + os.environ.get("PATH", "")
        output, errors = self.fit("[0, 1], [[1, 2], [3, 4]]", PATH=path)
        self.assertIn("gains=True", output, errors)

    def test_refusals(self) -> None:
        good = self.program()
        for call, env, text in (
            ("[0, 1], [[1, 2], [3, 4]]", {"PATH": self.folder}, "FileNotFoundError: there is no program evenkeel on the PATH; build it"),
            ("[0, 1], [[1, 2], [3, 4]]", {"EVENKEEL": "/no/such"}, "FileNotFoundError: EVENKEEL=/no/such is no program"),
            ("[0, 1, 1], [[1, 2], [3, 4]]", {"EVENKEEL": good}, "ValueError: 3 labels but 2 rows of logits"),
            ("[0, 2], [[1, 2], [3, 4]]", {"EVENKEEL": good}, "ValueError: labels"),
            ("[0, 1], [1, 2]", {"EVENKEEL": good}, "ValueError: logits: want examples x classes"),
            ("[0, 1], [[1, 2], [3, float('nan')]]", {"EVENKEEL": good}, "logits: row 1, column 1 is nan"),
            ("['a', 'b', 'c'], [[1, 2]] * 3", {"EVENKEEL": good}, "ValueError: labels: 3 names for 2 columns of logits; want classes to name"),
            ("['a', 'c'], [[1, 2]] * 2, classes=['a', 'b']", {"EVENKEEL": good}, "'c' is not in classes"),
        ):
            _, errors = self.fit(call, **env)
            self.assertIn(text, errors)
        _, errors = self.fit("[0, 1], [[1, 2], [3, 4]]", EVENKEEL=self.program(fails=True))
        self.assertIn("ValueError: evenkeel: what was wrong", errors)
