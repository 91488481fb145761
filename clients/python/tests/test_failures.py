"""What goes wrong in a script becomes an error answer that says it."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from tests.trainer import PATIENCE, Case

LOOP = """
    import evenkeel, os, sys, threading, time
    def train(run):
        {body}
    for run in evenkeel.runs(["a", "b"], "d"):
        train(run)
    print("after the loop")
"""


class InTheLoop(Case):
    def failing(self, body: str, status: Optional[int] = 1) -> Tuple[Dict[str, Any], str]:
        """Return the error answer of a loop whose body fails, and the log."""
        trainer = self.trainer(LOOP.format(body=body))
        trainer.hello()
        answer = trainer.ask(class_weights=[1, 1])
        self.assertEqual((answer["type"], answer["run"], answer["exiting"]), ("error", "9f2c", True))
        self.assertEqual(trainer.exit_status() if status is not None else None, status)
        return answer, trainer.log()

    def test_an_exception_is_answered_and_then_the_process_ends(self) -> None:
        answer, log = self.failing("1 / 0")
        self.assertEqual(answer["message"], "ZeroDivisionError: division by zero (train.py:4)")
        self.assertIs(answer["retry"], False)
        self.assertEqual(log.count("Traceback"), 1, log)
        self.assertIn("in train", log)
        self.assertNotIn("after the loop", log)

    def test_retry(self) -> None:
        answer, _ = self.failing('raise evenkeel.Retry("the GPU is busy")')
        self.assertIs(answer["retry"], True)
        self.assertIn("the GPU is busy", answer["message"])

    def test_interruption(self) -> None:
        answer, _ = self.failing("raise KeyboardInterrupt", status=None)
        self.assertIn("KeyboardInterrupt", answer["message"])

    def test_exit(self) -> None:
        answer, _ = self.failing("sys.exit(3)", status=3)
        self.assertEqual(answer["message"], "the script left the loop or ended before it called run.result")

    def test_another_excepthook(self) -> None:
        answer, log = self.failing('sys.excepthook = lambda *_: None; raise ValueError("odd")')
        self.assertEqual(answer["message"], "ValueError: odd (train.py:4)")
        self.assertIn("Traceback", log)

    def test_an_earlier_excepthook_is_called(self) -> None:
        trainer = self.trainer("""
            import sys
            sys.excepthook = lambda *_: print("the hook of the script")
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                1 / 0
        """)
        trainer.hello()
        self.assertIn("ZeroDivisionError", trainer.ask(class_weights=[1, 1])["message"])
        self.assertEqual(trainer.exit_status(), 1)
        self.assertIn("the hook of the script", trainer.log())
        self.assertIn("Traceback", trainer.log())

    def test_the_traceback_is_logged_before_the_answer(self) -> None:
        trainer = self.trainer(LOOP.format(body="1 / 0"))
        trainer.hello()
        trainer.ask(class_weights=[1, 1])
        self.assertIn("in train", trainer.log())

    def test_the_place_is_in_the_users_own_code(self) -> None:
        self.write("nets/deep.py", "import json\ndef net():\n    json.loads('{')\n")
        self.write("broken.py", "x = (\n")
        for body, end in (("from nets.deep import net; net()", "(char 1) (nets/deep.py:3)"),
                          ("run.epoch(-1)", "want them to rise, from 1 (train.py:4)"),
                          ("import nowhere", "No module named 'nowhere' (train.py:4)"),
                          ("import broken", "(train.py:4)"),
                          ('raise ValueError("two\\n  lines")', "ValueError: two lines (train.py:4)")):
            answer, _ = self.failing(body)
            self.assertTrue(answer["message"].endswith(end), answer["message"])
            self.assertNotIn("\n", answer["message"])

    def test_a_thread_that_goes_on_does_not_delay_the_answer(self) -> None:
        trainer = self.trainer(LOOP.format(body="threading.Thread(target=time.sleep, args=(1000,)).start(); 1 / 0"))
        trainer.hello()
        self.assertIn("ZeroDivisionError", trainer.ask(class_weights=[1, 1])["message"])

    def test_children_do_not_keep_the_output_open(self) -> None:
        for fork in ("os.fork()", "subprocess.Popen([sys.executable, 'train.py', 'child']).pid"):
            trainer = self.trainer(f"""
                import evenkeel, os, subprocess, sys, time
                def wait():
                    while os.path.exists("train.py"):  # until the test has cleaned up
                        time.sleep(0.01)
                if len(sys.argv) > 1:
                    wait()
                    sys.exit()
                for run in evenkeel.runs(["a", "b"], "d"):
                    if {fork} == 0:
                        wait()
                        sys.exit()
                    1 / 0
            """)
            trainer.hello()
            self.assertIn("ZeroDivisionError", trainer.ask(class_weights=[1, 1])["message"])
            self.assertIsNone(trainer.lines.get(timeout=PATIENCE), "the output ends although a child lives on")

    def test_a_long_message_is_cut(self) -> None:
        answer, log = self.failing('raise ValueError("first" + "x" * 100000 + "last")')
        self.assertEqual(answer["message"], "ValueError: first" + "x" * 483 + "... (train.py:4)")
        self.assertIn("xlast", log)

    def test_leaving_the_loop(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                break
        """)
        trainer.hello()
        self.assertIn("the script left the loop", trainer.ask(class_weights=[1, 1])["message"])
        self.assertEqual(trainer.exit_status(), 0)

    def test_a_forgotten_result_costs_one_run(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            for run in evenkeel.runs(["a", "b"], "d"):
                if run.seed != 1:
                    run.result(val=[[1, 0], [0, 1]])
        """)
        trainer.hello()
        answer = trainer.ask(class_weights=[1, 1], seed=1)
        self.assertEqual((answer["type"], answer["message"]),
                         ("error", "the loop body ended without calling run.result(val=...)"))
        self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result")
        self.assertEqual(trainer.bye(), 0)

    def test_a_second_answer_is_an_error_in_python(self) -> None:
        for second in ("run.result(val=[[1, 0], [0, 1]])", 'run.error("no")', "run.epoch(1)"):
            trainer = self.trainer(f"""
                import evenkeel
                for run in evenkeel.runs(["a", "b"], "d"):
                    run.result(val=[[1, 0], [0, 1]])
                    {second}
            """)
            trainer.hello()
            self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result")
            self.assertEqual(trainer.exit_status(), 1)
            self.assertIn("RuntimeError", trainer.log())

    def test_a_fork_that_fails_does_not_answer(self) -> None:
        trainer = self.trainer("""
            import evenkeel, os, sys
            for run in evenkeel.runs(["a", "b"], "d"):
                child = os.fork()
                if child == 0:
                    raise ValueError("in the fork")
                os.waitpid(child, 0)
                run.result(val=[[1, 0], [0, 1]])
        """)
        trainer.hello()
        self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result")
        self.assertEqual(trainer.bye(), 0)
        self.assertIn("in the fork", trainer.log())

    def test_a_diverged_loss(self) -> None:
        for loss, shown in (('float("nan")', "nan"), ('-float("inf")', "-inf")):
            answer, _ = self.failing(f"run.epoch(3, loss={loss})")
            self.assertIn(f"ValueError: the loss of epoch 3 is {shown}: the training diverged", answer["message"])

    def test_epochs_rise_from_one(self) -> None:
        for body, text in (("run.epoch(0)", "epoch 0 after epoch 0; want them to rise, from 1"),
                           ("[run.epoch(n) for n in (run.seed, 2)]", "epoch 2 after epoch 7")):
            trainer = self.trainer(LOOP.format(body=body))
            trainer.hello()
            self.assertIn(text, trainer.ask(class_weights=[1, 1])["message"])

    def test_weights_of_another_length(self) -> None:
        trainer = self.trainer(LOOP.format(body="pass"))
        trainer.hello()
        trainer.train(class_weights=[1, 1, 1])
        self.assertEqual(trainer.exit_status(), 1)
        self.assertIn("3 class weights were sent for 2 classes", trainer.log())


class Served(Case):
    SCRIPT = """
        import evenkeel, os
        def train(run):
            print("process", os.getpid())
            if run.params["how"] == "raise":
                raise ValueError("no such layer")
            if run.params["how"] == "retry":
                raise evenkeel.Retry("out of memory")
            if run.params["how"] == "forget":
                return
            run.result(val=[[1, 0], [0, 1]])
            if run.params["how"] == "late":
                raise ValueError("after the result")
        evenkeel.serve(train, classes=["a", "b"], data="d", params={"how": "well"}, epochs=1)
    """

    def test_the_process_lives_on(self) -> None:
        trainer = self.trainer(self.SCRIPT)
        trainer.hello()
        for how, kind, retry, text in (
            ("raise", "error", False, "ValueError: no such layer (train.py:6)"),
            ("retry", "error", True, "out of memory"),
            ("forget", "error", False, "without calling run.result"),
            ("late", "result", None, None),
            ("well", "result", None, None),
        ):
            answer = trainer.ask(how, class_weights=[1, 1], params={"how": how})
            self.assertEqual((answer["type"], answer["run"], answer.get("retry")), (kind, how, retry))
            self.assertNotIn("exiting", answer)
            self.assertIn(text or "", answer.get("message", ""))
        self.assertEqual(trainer.bye(), 0)
        self.assertEqual(len({line for line in trainer.log().splitlines() if line.startswith("process")}), 1)
        self.assertIn("ValueError: after the result", trainer.log())
        self.assertIn("in train", trainer.log())

    def test_by_hand_exceptions_are_raised(self) -> None:
        status, _, err = self.by_hand(self.SCRIPT.replace('"how": "well"', '"how": "raise"'))
        self.assertEqual(status, 1)
        self.assertIn("ValueError: no such layer", err)

    def test_by_hand(self) -> None:
        status, out, err = self.by_hand(self.SCRIPT)
        self.assertEqual((status, err), (0, ""))
        self.assertIn("balanced accuracy 100.0", out)


class Arguments(Case):
    def test_what_runs_refuses(self) -> None:
        for arguments, text in (
            ('["a"], "d"', "classes has 1 entries; want at least 2"),
            ('"ab", "d"', "classes is the text 'ab'; want a list of names"),
            ('["a", "b", "a"], "d"', "classes has 'a' twice"),
            ('["a", "b"], ""', "data is ''"),
            ('["a", " "], "d"', "classes has an empty name"),
            ('["a", "b"], "d", supports=["lose"]', "supports has 'lose'; want some of loss, logit, weights_from, "),
            ('["a", "b"], "d", supports=["warm_start"]', "supports is ['warm_start']; want loss or logit in it"),
            ('["a", "b"], "d", train_counts=[1]', "train_counts has 1 entries for 2 classes"),
            ('["a", "b"], "d", train_counts=[1, 0]', "train_counts has 0; want at least 1"),
            ('["a", "b"], "d", train_counts=[1, 1.5]', "train_counts: entry 1 is 1.5; want whole numbers"),
        ):
            status, _, err = self.by_hand(f"import evenkeel\nevenkeel.runs({arguments})")
            self.assertEqual(status, 1)
            self.assertIn(f"ValueError: {text}", err)

    def test_one_loop_serves_all(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            evenkeel.runs(["a", "b"], "d")
            evenkeel.runs(["a", "b"], "d")
        """)
        self.assertEqual(trainer.exit_status(), 1)
        self.assertIn("evenkeel.runs was called twice", trainer.log())
