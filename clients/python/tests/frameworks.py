"""The real NumPy and PyTorch in place of the stand-ins of test_formats.py.

Not found by `python3 -m unittest` on its own: `python3 -m unittest tests.frameworks`.
"""

from __future__ import annotations

import os

import numpy as np

from tests.trainer import Case

SCRIPT = """
    import evenkeel
    import numpy as np
    import torch
    labels = np.array([0, 1, 2, 2])
    logits = np.array([[2, 1, 0], [0, 0.5, 0.25], [-3, -2, -1], [0, 7, 7]], dtype=np.float32)
    def train(run):
        run.epoch(1, loss=eval(run.params.get("loss", "1.0")))
        run.result(val=eval(run.params["val"]))
    evenkeel.serve(train, ["car", "cat", "dog"], "d", train_counts=torch.tensor([3, 4, 5]))
"""
COUNTS = [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
LABELS, PREDICTED = np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1])
LOGITS = np.array([[2, 1, 0], [0, 0.5, 0.25], [-3, -2, -1], [0, 7, 7]], dtype=np.float32)


class Frameworks(Case):
    def setUp(self) -> None:
        super().setUp()
        self.started = self.trainer(SCRIPT)
        self.assertEqual(self.started.hello()["train_counts"], [3, 4, 5])

    def test_logits(self) -> None:
        for labels in ("labels", "torch.tensor(labels)", "labels.astype('u1')", "labels.astype('>i4')",
                       "torch.tensor(labels).int()", "list(torch.tensor(labels))", "list(labels)"):
            for logits in (
                "logits", "logits.astype('d')", "logits.astype('e')", "logits.astype('>f4')", "logits[::-1][::-1]",
                "np.asfortranarray(logits)", "np.hstack([logits, logits])[:, :3]", "list(logits)", "logits.tolist()",
                "torch.tensor(logits)", "torch.tensor(logits).double()", "torch.tensor(logits).half()",
                "torch.tensor(logits).bfloat16()", "torch.tensor(logits, requires_grad=True) * 1",
                "torch.nn.Parameter(torch.tensor(logits))", "torch.tensor(logits).t().contiguous().t()",
                "list(torch.tensor(logits))",
            ):
                answer = self.started.ask(params={"val": f"({labels}, {logits})"})
                self.assertEqual(answer["type"], "result", f"{labels}, {logits}: {answer}")
                self.assertEqual(answer["val"]["confusion"], COUNTS)
                folder = os.path.join(self.folder, "scratch", "9f2c")
                for name, want in (("scores", LOGITS), ("labels", LABELS), ("predictions", PREDICTED)):
                    got = np.load(os.path.join(folder, answer["val"][name]))
                    np.testing.assert_array_equal(got, want, err_msg=f"{labels}, {logits}")
                    self.assertEqual(got.dtype, np.float32 if name == "scores" else np.uint16)

    def test_predictions_and_matrices(self) -> None:
        for val in (
            "(labels, logits.argmax(1))", "(torch.tensor(labels), torch.tensor(logits).argmax(1))",
            "(labels.astype('f'), np.array([0, 1, 2, 1], dtype='d'))",
            f"np.array({COUNTS})", f"np.array({COUNTS}, dtype='f')", f"torch.tensor({COUNTS})",
            f"np.array({COUNTS}).T.copy().T",
        ):
            answer = self.started.ask(params={"val": val})
            self.assertEqual(answer["type"], "result", f"{val}: {answer}")
            self.assertEqual(answer["val"]["confusion"], COUNTS)

    def test_losses(self) -> None:
        for loss in ("np.float32(0.5)", "torch.tensor(0.5)", "torch.tensor(0.5, requires_grad=True)"):
            self.started.train(params={"loss": loss, "val": f"{COUNTS}"})
            self.assertEqual(self.started.answer()["loss"], 0.5)
            self.assertEqual(self.started.answer()["type"], "result")

    def test_refusals(self) -> None:
        for val, text in (
            ("(labels, torch.tensor(logits) / 0)", "val logits: row 0, column 0 is inf; want finite 32-bit numbers"),
            ("(np.array(['a', 'b']), logits)", "TypeError: val labels: an entry is 'a'; want numbers"),
            ("(labels, np.float32(3))", "val predictions or logits: shape of a single number; want one or two"),
            ("(labels, torch.tensor(3.0))", "val predictions or logits: shape of a single number; want one or two"),
            ("(torch.eye(3), logits)", "val labels: shape 3 x 3; want one class number per example"),
        ):
            answer = self.started.ask(params={"val": val})
            self.assertEqual(answer["type"], "error", val)
            self.assertIn(text, answer["message"].partition("\n")[0])

    def test_the_workers_of_a_data_loader(self) -> None:
        trainer = self.trainer("""
            import evenkeel, torch
            from torch.utils.data import DataLoader, TensorDataset
            def main():
                data = DataLoader(TensorDataset(torch.arange(8) % 2), batch_size=4, num_workers=2,
                                  multiprocessing_context="fork")
                for run in evenkeel.runs(["a", "b"], "d"):
                    labels = torch.cat([batch for (batch,) in data])
                    run.result(val=(labels, labels))
            if __name__ == "__main__":
                main()
        """)
        trainer.hello()
        for _ in range(2):
            self.assertEqual(trainer.ask(class_weights=[1, 1])["val"]["confusion"], [[4, 0], [0, 4]])
        self.assertEqual(trainer.bye(), 0)
