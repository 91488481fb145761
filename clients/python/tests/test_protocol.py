"""The conversation: who says what when, and what becomes of everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, Dict, List, Tuple

from tests.trainer import PATIENCE, Case, read_npy

PLAIN = """
    import evenkeel
    for run in evenkeel.runs(classes=["car", "cat", "dog"], data="toy/v1"):
        run.result(val=([0, 1, 2, 2], [0, 1, 2, 1]))
"""
COUNTS = [[1, 0, 0], [0, 1, 0], [0, 1, 1]]


class Conversation(Case):
    def test_hello_runs_and_bye(self) -> None:
        trainer = self.trainer(PLAIN)
        ready = trainer.hello()
        self.assertRegex(ready.pop("version"), "^sha256:[0-9a-f]{64}$")
        self.assertEqual(ready, {
            "type": "ready", "protocol": 1, "classes": ["car", "cat", "dog"], "data": "toy/v1", "supports": ["loss"],
        })
        for run in ("aa", "bb"):
            answer = trainer.ask(run, class_weights=[0.5, 1.25, 1.25])
            self.assertEqual(answer, {
                "type": "result", "run": run, "class_weights": [0.5, 1.25, 1.25], "stopped": False, "epochs": 2,
                "val": {"confusion": COUNTS, "labels": "val_labels.npy", "predictions": "val_pred.npy"},
            })
        self.assertEqual(trainer.bye(), 0)

    def test_end_of_input_ends_the_loop(self) -> None:
        trainer = self.trainer(PLAIN + '    print("after the loop")\n')
        trainer.hello()
        trainer.close()
        self.assertEqual(trainer.exit_status(), 0)
        self.assertIn("after the loop", trainer.log())

    def test_requests_in_pieces_and_together(self) -> None:
        trainer = self.trainer(PLAIN)
        stdin = trainer.process.stdin
        assert stdin is not None
        for piece in (b'{"type":"hel', b'lo","protocol":1}\n{"type":"train","run":"a","seed":1,',
                      b'"class_weights":[1,1,1]}\n{"type":"train","run":"b","seed":1,"class_weights":[1,1,1]}\n'):
            stdin.write(piece)
            stdin.flush()
        self.assertEqual([trainer.answer().get("run") for _ in range(3)], [None, "a", "b"])
        self.assertEqual(trainer.bye(), 0)

    def test_unknown_requests_and_fields_are_passed_over(self) -> None:
        trainer = self.trainer(PLAIN)
        trainer.send(type="compliment", text="nice")
        assert trainer.process.stdin is not None
        trainer.process.stdin.write(b"not json\n[1]\n")
        self.assertEqual(trainer.hello()["type"], "ready")
        self.assertEqual(trainer.ask(colour="red")["type"], "result")
        self.assertEqual(trainer.bye(), 0)
        for sent in ("compliment", "not json", "[1]"):
            self.assertIn(sent, trainer.log())

    def test_the_shape_of_the_test_part(self) -> None:
        cases: List[Tuple[str, Dict[str, Any]]] = [
            ("test=lambda: ([0, 1, 2, 2], [0, 0, 0, 0])", {"examples": [1, 1, 2], "predictions": True}),
            ("test=[[5, 1, 0], [0, 3, 0], [0, 0, 2]]", {"examples": [6, 3, 2], "predictions": False}),
            ('test=([0, 1, 2], [0, 1, 2]) if "test" in run.parts else None', {"examples": [1, 1, 1], "predictions": True}),
            ("train=None", {"examples": []}),
        ]
        for given, shape in cases:
            trainer = self.trainer(PLAIN.replace("[0, 1, 2, 1]))", f"[0, 1, 2, 1]), {given})"))
            trainer.hello()
            answer = trainer.ask(test_shape=True)
            self.assertEqual(answer.get("test_shape"), shape)
            self.assertNotIn("test", answer, "no result on the test part may leave the script")
            self.assertFalse([name for name in os.listdir(os.path.join(trainer.folder, "scratch", "9f2c")) if "test" in name])
            answer = trainer.ask("aa", parts=["val", "test"], test_shape=False)
            self.assertNotIn("test_shape", answer)
            self.assertEqual("test" in answer, shape["examples"] != [])
            self.assertNotIn("test", trainer.ask("bb"))
            self.assertEqual(trainer.bye(), 0)

    def test_another_protocol_is_refused(self) -> None:
        trainer = self.trainer(PLAIN)
        trainer.send(type="hello", protocol=2)
        self.assertEqual(trainer.answer(), {
            "type": "error", "message": "evenkeel speaks protocol 2, evenkeel.py 1; install them together"})
        self.assertEqual(trainer.exit_status(), 1)

    def test_a_run_has_what_was_sent(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b", "c"], "d", supports=["logit", "warm_start"], train_counts=[5, 6, 7],
                                     version="mine", params={"lr": 0.5, "depth": 8, "name": "x"}):
                shown = [run.id, run.attempt, run.seed, run.class_weights, run.apply, run.weights_from, run.epochs,
                         run.round, sorted(run.params.items()), list(run.parts), run.dir, run.start_from, run.save_to,
                         run.weights_at(2), run.weights_at(3)]
                run.error(repr(shown))
        """)
        ready = trainer.hello()
        self.assertEqual((ready["version"], ready["supports"], ready["train_counts"]),
                         ("mine", ["logit", "warm_start"], [5, 6, 7]))
        answer = trainer.ask("9f", attempt=2, seed=11, class_weights=[1, 2, 0.5], apply="logit", weights_from=0.3,
                             epochs=8, round=None, params={"lr": 1, "depth": 9, "extra": [True]}, parts=["val"],
                             dir="/nowhere", start_from="/a", save_to="/b")
        self.assertEqual(eval(answer["message"]), [
            "9f", 2, 11, [1.0, 2.0, 0.5], "logit", 0.3, 8, None,
            [("depth", 9), ("extra", [True]), ("lr", 1.0), ("name", "x")], ["val"], "/nowhere", "/a", "/b",
            [1.0, 1.0, 1.0], [1.0, 2.0, 0.5],  # 0.3 * 8 rounded down: the first 2 epochs are unweighted
        ])
        self.assertIn("('lr', 1.0)", answer["message"], "a default that is a float makes the number a float")

    def test_weights_from_rounds_down_but_not_by_a_hair(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                run.error(repr([e for e in range(1, 101) if run.weights_at(e) != [1.0, 1.0]][:1]))
        """)
        trainer.hello()
        for share, first in ((0, [1]), (0.29, [30]), (0.575, [58]), (0.999, [100]), (1, [])):
            answer = trainer.ask(class_weights=[2, 3], epochs=100, weights_from=share)
            self.assertEqual(eval(answer["message"]), first, share)

    def test_parts_are_evaluated_only_if_asked_for(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            def part(name):
                print("evaluated", name)
                return [[1, 0], [0, 1]]
            for run in evenkeel.runs(["a", "b"], "d"):
                run.result(val=lambda: part("val"), train=lambda: part("train"), test=lambda: part("test"))
        """)
        trainer.hello()
        for parts in (["val"], ["train", "val"], ["val", "test"], ["train", "val", "test"]):
            answer = trainer.ask(class_weights=[1, 1], parts=parts)
            self.assertEqual(sorted(set(answer) & {"train", "val", "test"}), sorted(parts))
        self.assertEqual(trainer.bye(), 0)
        self.assertEqual(trainer.log().count("evaluated test"), 2)
        self.assertEqual(trainer.log().count("evaluated train"), 2)

    def test_a_test_part_that_is_there_is_not_sent_unasked(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                run.result(val=[[1, 0], [0, 1]], test="whatever this is")
        """)
        trainer.hello()
        self.assertNotIn("test", trainer.ask(class_weights=[1, 1]))

    def test_files_of_a_part(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                pair = ([0, 1, 1], [[2, 1], [0.5, 0.25], [-1, 3]])
                run.result(val=pair, train=pair, test=pair)
        """)
        trainer.hello()
        answer = trainer.ask("r1", class_weights=[1, 1], parts=["train", "val", "test"])
        self.assertEqual(sorted(answer["val"]), ["confusion", "labels", "predictions", "scores"])
        self.assertEqual(sorted(answer["test"]), ["confusion", "labels", "predictions", "scores"])
        self.assertEqual(sorted(answer["train"]), ["confusion"])
        folder = os.path.join(self.folder, "scratch", "r1")
        for part in ("val", "test"):
            self.assertEqual(read_npy(os.path.join(folder, answer[part]["scores"])),
                             ((3, 2), "<f4", [2, 1, 0.5, 0.25, -1, 3]))
            self.assertEqual(read_npy(os.path.join(folder, answer[part]["predictions"])), ((3,), "<u2", [0, 0, 1]))
            self.assertEqual(read_npy(os.path.join(folder, answer[part]["labels"])), ((3,), "<u2", [0, 1, 1]))
        self.assertEqual(len(os.listdir(folder)), 6)


class Standard(Case):
    """Standard input and output belong to the protocol, whatever the script does with them."""

    def test_nothing_else_gets_onto_standard_output(self) -> None:
        trainer = self.trainer("""
            import sys
            print("before the import")
            import evenkeel, ctypes, os, subprocess
            print("before the loop")
            for run in evenkeel.runs(["a", "b"], "d"):
                print("from print")
                sys.stdout.write("without newline")
                os.write(1, b"from the descriptor")
                os.system("echo from a shell")
                subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
                libc = ctypes.CDLL(None)
                libc.printf(b"from printf\\n")
                libc.fflush(None)
                run.epoch(1, loss=0.5)
                run.result(val=[[1, 0], [0, 1]])
        """)
        trainer.hello()
        for _ in range(2):
            trainer.train(class_weights=[1, 1])
            self.assertEqual([trainer.answer()["type"] for _ in range(2)], ["epoch", "result"])
        self.assertEqual(trainer.bye(), 0)
        for text in ("before the import", "before the loop", "from print", "without newline", "from the descriptor",
                     "from a shell", "from a child", "from printf"):
            self.assertIn(text, trainer.log())

    def test_nothing_else_reads_the_requests(self) -> None:
        trainer = self.trainer("""
            import evenkeel, os, sys
            for run in evenkeel.runs(["a", "b"], "d"):
                os.system("cat")
                assert sys.stdin.read() == ""
                run.result(val=[[1, 0], [0, 1]])
        """)
        trainer.hello()
        trainer.train("a", class_weights=[1, 1])
        trainer.train("b", class_weights=[1, 1])
        self.assertEqual([trainer.answer()["run"] for _ in range(2)], ["a", "b"])

    def test_a_search_inside_a_run(self) -> None:
        trainer = self.trainer("""
            import evenkeel, json, os, subprocess, sys
            for run in evenkeel.runs(["a", "b"], "d", version="7"):
                if run.params.get("nested"):  # what the driver of a search does
                    env = {**os.environ, "EVENKEEL_PROTOCOL": "1"}
                    told = subprocess.run([sys.executable, "train.py"], env=env, stdout=subprocess.PIPE, text=True,
                                          input='{"type":"hello","protocol":1}\\n{"type":"bye"}\\n')
                    assert json.loads(told.stdout)["version"] == "7", told
                run.result(val=[[1, 0], [0, 1]])
        """)
        trainer.hello()
        self.assertEqual(trainer.ask(class_weights=[1, 1], params={"nested": 1})["type"], "result", trainer.log())
        self.assertEqual(trainer.bye(), 0)

    def test_a_child_process_cannot_serve(self) -> None:
        trainer = self.trainer("""
            import evenkeel, multiprocessing
            def work():
                try:
                    evenkeel.runs(["a", "b"], "d")
                except RuntimeError as err:
                    print("refused:", err)
            if __name__ == "__main__":
                for run in evenkeel.runs(["a", "b"], "d"):
                    for method in multiprocessing.get_all_start_methods():
                        child = multiprocessing.get_context(method).Process(target=work)
                        child.start()
                        child.join()
                    run.result(val=[[1, 0], [0, 1]])
        """)
        trainer.hello()
        self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result")
        self.assertEqual(trainer.bye(), 0)
        self.assertIn("refused: evenkeel.runs was called in a child process", trainer.log())
        self.assertNotIn("Traceback", trainer.log())


class Stopping(Case):
    SCRIPT = """
        import evenkeel, time
        for run in evenkeel.runs(["a", "b"], "d"):
            for epoch in range(1, run.epochs + 1):
                run.epoch(epoch, loss=1 / epoch, val=([0, 1, 1], [0, 1, 0]))
                while run.epochs > 5 and epoch == 3 and not run.should_stop:
                    time.sleep(0.001)
                if run.should_stop:
                    break
            run.result(val=[[1, 0], [0, 1]])
    """

    def test_stop_is_seen_and_said(self) -> None:
        trainer = self.trainer(self.SCRIPT)
        trainer.hello()
        trainer.train("a", class_weights=[1, 1], epochs=50)
        self.assertEqual(trainer.answer(), {
            "type": "epoch", "run": "a", "epoch": 1, "loss": 1.0, "val": {"confusion": [[1, 0], [1, 1]]},
        })
        trainer.send(type="stop", run="another")
        trainer.send(type="stop", run="a")
        while (answer := trainer.answer())["type"] == "epoch":
            pass
        self.assertLessEqual(answer["epochs"], 3)
        self.assertTrue(answer["stopped"])
        again = trainer.ask("a", attempt=2, class_weights=[1, 1], epochs=4)
        self.assertEqual((again["stopped"], again["epochs"]), (False, 4))

    def test_stop_right_behind_the_request_counts(self) -> None:
        trainer = self.trainer(self.SCRIPT)
        trainer.hello()
        trainer.train("a", class_weights=[1, 1], epochs=50)
        trainer.send(type="stop", run="a")
        while (answer := trainer.answer())["type"] == "epoch":
            pass
        self.assertTrue(answer["stopped"])

    def test_stopping_early_by_itself(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                run.result(val=[[1, 0], [0, 1]], epochs=run.epochs - run.params["fewer"])
        """)
        trainer.hello()
        for fewer in (0, 3):
            answer = trainer.ask(class_weights=[1, 1], epochs=10, params={"fewer": fewer})
            self.assertEqual((answer["epochs"], answer["stopped"]), (10 - fewer, fewer > 0))

    def test_end_of_input_during_a_run_asks_to_stop(self) -> None:
        trainer = self.trainer(self.SCRIPT)
        trainer.hello()
        trainer.train("a", class_weights=[1, 1], epochs=50)
        for _ in range(3):
            trainer.answer()
        trainer.close()
        self.assertTrue(trainer.answer()["stopped"])
        self.assertEqual(trainer.exit_status(), 0)

    def test_end_of_input_ends_a_run_that_does_not_listen(self) -> None:
        for body, status in (("time.sleep(1000)", -15), ("signal.signal(15, signal.SIG_IGN); time.sleep(1000)", 1)):
            trainer = self.trainer(f"""
                import evenkeel, signal, time
                evenkeel._GRACE = 0.1
                for run in evenkeel.runs(["a", "b"], "d"):
                    run.epoch(1)
                    {body}
            """)
            trainer.hello()
            trainer.train(class_weights=[1, 1])
            trainer.answer()
            trainer.close()
            self.assertEqual(trainer.exit_status(), status)
            self.assertIn("standard input ended during a run", trainer.log())

    def test_bye_behind_a_request_waits_for_its_result(self) -> None:
        trainer = self.trainer(PLAIN)
        trainer.hello()
        trainer.train()
        trainer.send(type="bye")
        trainer.close()
        self.assertEqual(trainer.answer()["type"], "result")
        self.assertEqual(trainer.exit_status(), 0)

    def test_answers_that_nobody_reads_end_the_loop(self) -> None:
        script = self.write("train.py", """
            import evenkeel, os
            for run in evenkeel.runs(["a", "b"], "d"):
                while not os.path.exists("closed"):
                    pass
                run.result(val=[[1, 0], [0, 1]])
        """)
        with subprocess.Popen([sys.executable, script], cwd=self.folder, env=self.environment(EVENKEEL_PROTOCOL="1"),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(b'{"type":"hello","protocol":1}\n{"type":"train","run":"a","seed":1,')
            process.stdin.write(b'"class_weights":[1,1]}\n')
            process.stdin.flush()
            self.assertIn(b"ready", process.stdout.readline())
            process.stdout.close()
            self.write("closed", "")
            self.assertEqual(process.wait(timeout=PATIENCE), 0)
