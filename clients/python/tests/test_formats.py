"""What may be given for a part, in every form, and what is refused with which words.

Arrays and tensors are stood in for by objects with the methods that the client uses;
tests/frameworks.py has the real ones.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List

from tests.trainer import Case, Trainer, read_npy

SCRIPT = """
    import array, evenkeel

    def buffer(code, values, *shape):
        "An array as NumPy has them: a buffer with a shape."
        return memoryview(array.array(code, values)).cast("B").cast(code, shape=list(shape or (len(values),)))

    class Tensor:
        "A tensor on a device, with a gradient: detach, then cpu, then numpy."
        def __init__(self, content, detached=False, at_home=False):
            self.content, self.detached, self.at_home = content, detached, at_home
            self.shape = getattr(content, "shape", None)
        def detach(self): return Tensor(self.content, True, self.at_home)
        def cpu(self): return Tensor(self.content, self.detached, True)
        def numpy(self):
            assert self.detached and self.at_home
            return self.content

    class WithoutNumPy(Tensor):
        def detach(self): return self
        def cpu(self): return self
        def numpy(self): raise RuntimeError("Numpy is not available")
        def tolist(self): return self.content

    class BFloat(WithoutNumPy):
        def numpy(self): raise TypeError("Got unsupported ScalarType BFloat16")
        def float(self): return Tensor(self.content, True, True)

    class Series:
        def __init__(self, content): self.content = content
        def to_numpy(self): return self.content

    class Scalar:
        def __init__(self, value): self.value = value
        def item(self): return self.value

    def train(run):
        run.result(val=eval(run.params["val"]))
    evenkeel.serve(train, ["car", "cat", "dog"][:3], "d")
"""
LABELS = [0, 1, 2, 2]
PREDICTED = [0, 1, 2, 1]
LOGITS = [[2.0, 1.0, 0.0], [0.0, 0.5, 0.25], [-3.0, -2.0, -1.0], [0.0, 7.0, 7.0]]  # the last row is a tie
FLAT = [v for row in LOGITS for v in row]
COUNTS = [[1, 0, 0], [0, 1, 0], [0, 1, 1]]


class Formats(Case):
    def setUp(self) -> None:
        super().setUp()
        self.started: Trainer = self.trainer(SCRIPT)
        self.started.hello()

    def val(self, expression: str, **fields: Any) -> Dict[str, Any]:
        answer = self.started.ask(params={"val": expression}, parts=["val"], **fields)
        self.assertEqual(answer["type"], "result", f"{expression}: {answer.get('message')}")
        val = answer["val"]
        assert isinstance(val, dict)
        return val

    def entries(self, name: str) -> List[float]:
        return read_npy(os.path.join(self.folder, "scratch", "9f2c", name))[2]

    def test_matrices(self) -> None:
        for expression in (
            f"{COUNTS}",
            "((1, 0, 0), (0, 1, 0), (0, 1, 1))",
            "[[1.0, 0, 0], [0, 1, 0], [0, 1, True]]",
            "buffer('q', [1,0,0, 0,1,0, 0,1,1], 3, 3)",
            "buffer('f', [1,0,0, 0,1,0, 0,1,1], 3, 3)",
            "buffer('q', [9,9,9, 1,0,0, 9,9,9, 0,1,0, 9,9,9, 0,1,1], 6, 3)[1::2]",
            "Tensor(buffer('q', [1,0,0, 0,1,0, 0,1,1], 3, 3))",
            f"lambda: lambda: {COUNTS}",
        ):
            self.assertEqual(self.val(expression), {"confusion": COUNTS}, expression)

    def test_labels_and_predictions(self) -> None:
        for labels in (
            f"{LABELS}", f"tuple({LABELS})", "[0.0, 1.0, 2.0, 2.0]", "[False, True, Scalar(2), Scalar(2.0)]",
            f"buffer('q', {LABELS})", f"buffer('B', {LABELS})", f"buffer('d', {LABELS})", "bytes([0, 1, 2, 2])",
            f"array.array('i', {LABELS})", f"Tensor(buffer('i', {LABELS}))", f"WithoutNumPy({LABELS})",
            f"Series(buffer('h', {LABELS}))", "buffer('q', [0, 9, 1, 9, 2, 9, 2, 9])[::2]", f"iter({LABELS})",
        ):
            val = self.val(f"({labels}, {PREDICTED})")
            self.assertEqual(sorted(val), ["confusion", "labels", "predictions"], labels)
            self.assertEqual(val["confusion"], COUNTS, labels)
            self.assertEqual(self.entries("val_labels.npy"), LABELS)
            self.assertEqual(self.entries("val_pred.npy"), PREDICTED)

    def test_labels_and_logits(self) -> None:
        for logits in (
            f"{LOGITS}", f"tuple(tuple(row) for row in {LOGITS})", f"buffer('f', {FLAT}, 4, 3)",
            f"buffer('d', {FLAT}, 4, 3)", f"Tensor(buffer('f', {FLAT}, 4, 3))", f"BFloat(buffer('f', {FLAT}, 4, 3))",
            f"WithoutNumPy({LOGITS})", f"[buffer('f', row) for row in {LOGITS}]",
            f"[array.array('d', row) for row in {LOGITS}]", f"[Tensor(buffer('f', row)) for row in {LOGITS}]",
        ):
            val = self.val(f"lambda: ({LABELS}, {logits})")
            self.assertEqual(val["confusion"], COUNTS, logits)
            self.assertEqual(self.entries(val["scores"]), FLAT, logits)
            self.assertEqual(self.entries(val["predictions"]), PREDICTED, "of equal logits the first counts")

    def test_truth_values(self) -> None:
        val = self.val("([0, 1, 2], memoryview(bytes([1, 0, 1, 0, 1, 1, 0, 0, 1])).cast('?', shape=[3, 3]))")
        self.assertEqual(val["confusion"], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])

    def test_without_a_folder_only_the_matrix_is_sent(self) -> None:
        self.assertEqual(self.val(f"({LABELS}, {LOGITS})", dir=""), {"confusion": COUNTS})

    def test_what_is_refused(self) -> None:
        for expression, text in (
            ("None", "ValueError: val is None; the result needs the validation part"),
            ("'cat'", "TypeError: val: got str; want a list, an array or a tensor of numbers"),
            ("7", "TypeError: val: got int"),
            ("[]", "val: shape 0; want one or two dimensions and at least one entry"),
            ("([], [])", "val labels: shape 0; want one or two dimensions"),
            ("[[1, 2], [3, 4]]", "val has shape 2 x 2; want the tuple (labels, predictions), "
                                 "the tuple (labels, logits), or a confusion matrix of 3 x 3"),
            (f"[{LABELS}, {PREDICTED}]", "val has shape 2 x 4; want the tuple (labels, predictions)"),
            (f"({LABELS}, {PREDICTED}, 1)", "TypeError: val: "),
            ("[[1, 0, 0], [0, -1, 0], [0, 0, 1]]", "val confusion matrix has -1; want counts from 0 to below 2^53"),
            ("[[1, 0, 0], [0, 2**53, 0], [0, 0, 1]]", "val confusion matrix has 9007199254740992; want counts"),
            ("[[1, 0, 0], [0, 1.5, 0], [0, 0, 1]]", "val confusion matrix: entry 4 is 1.5; want whole numbers"),
            ("[[1, 0, 0], [0, float('nan'), 0], [0, 0, 1]]", "entry 4 is nan; want whole numbers"),
            ("[[1, 0, 0], [0, 0, 0], [0, 0, 1]]", "val has no example of cat; every class needs one"),
            ("[[1, 0, 0], [0, 1], [0, 0, 1]]", "val: row 1 has 2 entries, row 0 has 3"),
            ("([0, 1, 1], [0, 1, 1])", "val has no example of dog"),
            ("([0, 1, 3], [0, 1, 1])", "val labels: entry 2 is 3; want class numbers from 0 to 2"),
            ("([1, 2, 3], [0, 1, 1])", "val labels: entry 2 is 3; want class numbers from 0 to 2"),
            ("([0, 1, 2], [0, -1, 1])", "val predictions: entry 1 is -1; want class numbers from 0 to 2"),
            ("([0, 1, 2], [0, 0.5, 1])", "val predictions: entry 1 is 0.5; want whole numbers"),
            ("(['car', 'cat'], [0, 1])", "TypeError: val labels: an entry is 'car'; want numbers"),
            ("([0, 1, 2], [0, 1])", "val has 3 labels but 2 predictions"),
            ("([0, 1, 2], [[1, 2, 3]])", "val has 3 labels but 1 predictions"),
            ("([[0], [1], [2]], [0, 1, 2])", "val labels: shape 3 x 1; want one class number per example"),
            ("([0, 1, 2], [[1, 2], [1, 2], [1, 2]])", "val logits: 2 columns; want one for each of the 3 classes"),
            ("([0, 1, 2], [[1, 2, 3], [1, float('nan'), 3], [1, 2, 3]])", "val logits: row 1, column 1 is nan; want"),
            ("([0, 1, 2], buffer('f', [1, 2, 3, 4, float('-inf'), float('inf'), 7, 8, 9], 3, 3))",
             "val logits: row 1, column 1 is -inf; want finite"),
            ("([0, 1, 2], [[1, 2, 3], [1, 2, 1e39], [1, 2, 3]])", "column 2 is 1e+39; want finite 32-bit numbers"),
            ("([0, 1, 2], [[.5, .25, .25], [0, 1, 0], [.1, .3, .5999]])", "val logits are probabilities: all rows are from 0 "
             "to 1 and add up to 1; want the scores before the softmax, or the log of the probabilities"),
            ("([0, 1, 2], [[1j, 2, 3]] * 3)", "TypeError: val predictions or logits: "),
            ("([0, 1, 2], buffer('f', [0] * 27, 3, 3, 3))", "predictions or logits: shape 3 x 3 x 3; want one or two"),
        ):
            answer = self.started.ask(params={"val": expression})
            self.assertEqual(answer["type"], "error", expression)
            self.assertIn(text, answer["message"].partition("\n")[0], expression)


class TwoClasses(Case):
    def test_a_pair_of_two_examples_is_not_taken_for_a_matrix(self) -> None:
        trainer = self.trainer(SCRIPT.replace("[:3]", "[:2]"))
        trainer.hello()
        for expression, text in (
            ("((50, 3), (4, 60))", "val may be a 2 x 2 matrix or labels and predictions of two examples"),
            ("([0, 1], [0, 1])", "val may be a 2 x 2 matrix or labels and predictions of two examples"),
        ):
            self.assertIn(text, trainer.ask(class_weights=[1, 1], params={"val": expression})["message"])
        for expression, counts in (
            ("[[50, 3], [4, 60]]", [[50, 3], [4, 60]]),
            ("[(50, 3), (4, 60)]", [[50, 3], [4, 60]]),
            ("([0, 1], [[2, 1], [3, 1]])", [[1, 0], [1, 0]]),
            ("([0, 1, 1], [0, 1, 0])", [[1, 0], [1, 1]]),
        ):
            answer = trainer.ask(class_weights=[1, 1], params={"val": expression})
            self.assertEqual(answer["val"]["confusion"], counts, expression)
