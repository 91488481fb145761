"""A script with two ranks: two plain processes that share a socket, as DDP's share a network."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import List, Tuple

from tests.trainer import PATIENCE, Case, Trainer

SCRIPT = """
    print("before the import")
    import evenkeel, os, pickle, socket, sys, time
    RANK, PATH = int(os.environ["RANK"]), "socket"

    def connect():
        link = socket.socket(socket.AF_UNIX)
        if RANK == 0:
            link.bind("binding")
            link.listen()
            os.rename("binding", PATH)  # now there is somebody to connect to
            return link.accept()[0].makefile("rwb")
        while not os.path.exists(PATH):
            time.sleep(0.01)
        link.connect(PATH)
        return link.makefile("rwb")

    LINK = connect()

    def broadcast(value):
        "What torch.distributed.broadcast_object_list does."
        if RANK == 0:
            pickle.dump(value, LINK)
            LINK.flush()
            return value
        assert value is None, value
        return pickle.load(LINK)

    for run in evenkeel.runs(["a", "b"], "d", params={"depth": 8}, epochs=3, broadcast=broadcast):
        print("rank", RANK, "run", run.id, run.seed, run.class_weights, run.params, run.parts)
        os.system("echo shell of rank $RANK")
        for epoch in range(1, run.epochs + 1):
            run.epoch(epoch, loss=1.0)
            while run.params.get("wait") and not run.should_stop:
                pass
            if run.should_stop:
                print("rank", RANK, "stops in epoch", epoch)
                break
        run.result(val=lambda: print("rank", RANK, "evaluates") or [[1, 0], [0, 1]])
    print("rank", RANK, "is done")
"""


class Ranks(Case):
    def start(self) -> Tuple[Trainer, "subprocess.Popen[str]"]:
        """Start rank 0 as evenkeel does, and rank 1 with the same pipes' fate: nobody reads its output."""
        first = self.trainer(SCRIPT, RANK="0")
        env = self.environment(EVENKEEL_PROTOCOL="1", RANK="1")
        second = subprocess.Popen([sys.executable, os.path.join(self.folder, "train.py")], cwd=self.folder, env=env,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(second.kill)
        return first, second

    def finish(self, second: "subprocess.Popen[str]") -> List[str]:
        """Wait for rank 1; nothing may be on its standard output. Return its log."""
        out, err = second.communicate(timeout=PATIENCE)
        self.assertEqual((second.returncode, out), (0, ""), err)
        return err.splitlines()

    def test_only_rank_0_speaks(self) -> None:
        first, second = self.start()
        self.assertEqual(first.hello()["type"], "ready")
        for seed in (3, 4):
            first.train(str(seed), seed=seed, class_weights=[0.5, 1.5], params={"x": 1}, epochs=2)
            self.assertEqual([first.answer()["type"] for _ in range(3)], ["epoch", "epoch", "result"])
        self.assertEqual(first.bye(), 0)
        log = self.finish(second)
        for seed in (3, 4):
            told = f"run {seed} {seed} [0.5, 1.5] {{'depth': 8, 'x': 1}} ('train', 'val')"
            self.assertIn("rank 1 " + told, log)
            self.assertIn("rank 0 " + told, first.log())
        for line in ("before the import", "shell of rank 1", "rank 1 is done"):
            self.assertIn(line, log)
        self.assertIn("rank 0 evaluates", first.log())
        self.assertNotIn("rank 1 evaluates", log)

    def test_every_rank_is_told_to_stop(self) -> None:
        first, second = self.start()
        first.hello()
        first.train(class_weights=[1, 1], params={"wait": 1})
        first.answer()
        first.send(type="stop", run="9f2c")
        answer = first.answer()
        self.assertEqual((answer["type"], answer["stopped"], answer["epochs"]), ("result", True, 1))
        self.assertEqual(first.bye(), 0)
        self.assertIn("rank 1 stops in epoch 1", self.finish(second))

    def test_by_hand(self) -> None:
        env = self.environment(RANK="1")
        second = subprocess.Popen([sys.executable, self.write("train.py", SCRIPT)], cwd=self.folder, env=env,
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(second.kill)
        first = subprocess.run([sys.executable, os.path.join(self.folder, "train.py")], cwd=self.folder, text=True,
                               env=self.environment(RANK="0"), stdout=subprocess.PIPE, timeout=PATIENCE)
        out, _ = second.communicate(timeout=PATIENCE)
        self.assertEqual((first.returncode, second.returncode), (0, 0))
        self.assertIn("balanced accuracy 100.0", first.stdout)
        self.assertNotIn("balanced accuracy", out)
        self.assertIn("rank 1 run by-hand", out)

    def test_other_ranks_need_a_broadcast(self) -> None:
        status, _, err = self.by_hand('import evenkeel\nevenkeel.runs(["a", "b"], "d")', RANK="3")
        self.assertEqual(status, 1)
        self.assertIn("RANK is 3, and only rank 0 gets runs; give evenkeel.runs broadcast=", err)

    def test_serve_ends_with_its_first_failure(self) -> None:
        trainer = self.trainer("""
            import evenkeel
            def train(run):
                raise ValueError("on one rank only")
            evenkeel.serve(train, ["a", "b"], "d", broadcast=lambda value: value)
        """)
        trainer.hello()
        self.assertIn("on one rank only", trainer.ask(class_weights=[1, 1])["message"])
        self.assertEqual(trainer.exit_status(), 1)
