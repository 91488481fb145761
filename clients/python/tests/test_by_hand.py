"""A script that nobody but its author runs."""

from __future__ import annotations

from tests.trainer import Case

SCRIPT = """
    import evenkeel, os, sys
    for run in evenkeel.runs(classes=["car", "cat", "submarine"], data="toy/v1", params={"depth": 8}, epochs=2):
        with open(os.path.join(run.dir, "model"), "w") as file:
            file.write("parameters")
        print(run.class_weights, run.seed, run.params, run.parts, run.attempt, run.round, run.apply, file=sys.stderr)
        for epoch in range(1, run.epochs + 1):
            run.epoch(epoch, loss=1.5 / epoch, val=([0, 1, 2, 2], [0, 1, 2, 1]))
            assert not run.should_stop
        run.result(val=([0, 1, 2, 2], [0, 1, 2, 1]), test=lambda: sys.exit("the test part was opened"))
    print("folder", run.dir, os.path.exists(run.dir), file=sys.stderr)
"""


class ByHand(Case):
    def test_table(self) -> None:
        status, out, err = self.by_hand(SCRIPT)
        self.assertEqual(status, 0, err)
        # Recalls 1, 1 and 1/2: mean 5/6, population standard deviation sqrt(1/18).
        self.assertEqual(out, """\
By hand: one training with class weights of 1, seed 1, 2 epochs.
epoch 1/2  loss 1.5000  balanced accuracy 83.3
epoch 2/2  loss 0.7500  balanced accuracy 83.3

class      examples  recall
car               1   100.0
cat               1   100.0
submarine         2    50.0

validation: balanced accuracy 83.3, spread 0.236 (standard deviation)
The test part was not asked for and stays closed.
""")
        self.assertIn("[1.0, 1.0, 1.0] 1 {'depth': 8} ('val',) 1 0 loss", err)
        self.assertRegex(err, "folder .+ False", "the run's folder is temporary")

    def test_epochs_from_the_environment(self) -> None:
        status, out, _ = self.by_hand(SCRIPT, EVENKEEL_EPOCHS="1")
        self.assertEqual(status, 0)
        self.assertIn("epoch 1/1", out)
        status, _, err = self.by_hand(SCRIPT, EVENKEEL_EPOCHS="few")
        self.assertEqual(status, 1)
        self.assertIn("EVENKEEL_EPOCHS is 'few'; want a whole number from 1", err)

    def test_standard_input_and_output_stay_as_they_are(self) -> None:
        status, out, _ = self.by_hand("""
            import evenkeel, os
            os.system("echo from a shell")
            for run in evenkeel.runs(["a", "b"], "d"):
                run.result(val=[[1, 0], [0, 1]])
        """)
        self.assertEqual(status, 0)
        self.assertIn("from a shell", out)

    def test_failures(self) -> None:
        for body, text in (("pass", "RuntimeError: the loop body ended without calling run.result(val=...)"),
                           ('run.error("diverged")', "RuntimeError: diverged"),
                           ("run.result(val=None)", "ValueError: val is None")):
            status, _, err = self.by_hand(f"""
                import evenkeel
                for run in evenkeel.runs(["a", "b"], "d"):
                    {body}
            """)
            self.assertEqual(status, 1)
            self.assertIn(text, err)
