"""A training script in a process of its own, and evenkeel's side of the conversation."""

from __future__ import annotations

import array
import json
import os
import queue
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
import unittest
from typing import Any, Dict, List, Optional, Tuple

CLIENT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATIENCE = 60.0  # seconds until a test gives up waiting; nothing is expected to take long


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        return path

    def environment(self, **more: str) -> Dict[str, str]:
        ours = ("EVENKEEL", "RANK", "PYTHON")
        env = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        return {**env, "PYTHONPATH": CLIENT, "PYTHONDONTWRITEBYTECODE": "1", **more}

    def by_hand(self, script: str, *args: str, **env: str) -> Tuple[int, str, str]:
        """Run a script as a user would; return status, standard output and standard error."""
        command = [sys.executable, self.write("train.py", script), *args]
        done = subprocess.run(command, env=self.environment(**env), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def trainer(self, script: str, **env: str) -> Trainer:
        """Start a script as evenkeel would."""
        return self.command(self.write("train.py", script), **env)

    def command(self, *words: str, **env: str) -> Trainer:
        """Start Python with these words in the test's folder, as evenkeel would."""
        env = self.environment(**{"EVENKEEL_PROTOCOL": "1", **env})
        trainer = Trainer([sys.executable, *words], self.folder, env)
        self.addCleanup(trainer.end)
        return trainer


class Trainer:
    """A started script; its answers are read by a thread, its log goes to a file."""

    def __init__(self, command: List[str], folder: str, env: Dict[str, str]) -> None:
        self.folder = folder
        self.log_file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, env=env, cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log_file)
        self.lines: queue.Queue[Optional[bytes]] = queue.Queue()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self) -> Dict[str, Any]:
        """Return the next answer; text that is not JSON raises."""
        line = self.lines.get(timeout=PATIENCE)
        if line is None:
            raise AssertionError(f"no answer; the log says {self.log()}")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def hello(self) -> Dict[str, Any]:
        self.send(type="hello", protocol=1)
        return self.answer()

    def train(self, run: str = "9f2c", **fields: Any) -> None:
        request = {
            "type": "train", "run": run, "attempt": 1, "seed": 7, "class_weights": [1, 1, 1], "apply": "loss",
            "weights_from": 0, "epochs": 2, "round": 0, "params": {}, "parts": ["train", "val"],
            "dir": os.path.join(self.folder, "scratch", run), "start_from": None, "save_to": None,
        }
        self.send(**{**request, **fields})

    def ask(self, run: str = "9f2c", **fields: Any) -> Dict[str, Any]:
        """Request a run and return its answer, epochs left out."""
        self.train(run, **fields)
        while True:
            answer = self.answer()
            if answer["type"] != "epoch":
                return answer

    def bye(self) -> int:
        """Say goodbye; return the exit status. Nothing may have been left to say."""
        self.send(type="bye")
        return self.exit_status()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def exit_status(self) -> int:
        status = self.process.wait(timeout=PATIENCE)
        left = self.lines.get(timeout=PATIENCE)
        if left is not None:
            raise AssertionError(f"more on standard output: {left!r}")
        return status

    def log(self) -> str:
        self.log_file.seek(0)
        return self.log_file.read().decode(errors="replace")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.thread.join()
        for file in (self.process.stdin, self.process.stdout, self.log_file):
            try:
                if file is not None:
                    file.close()
            except BrokenPipeError:
                pass


def read_npy(path: str) -> Tuple[Tuple[int, ...], str, List[float]]:
    """Return shape, type and entries of a file in NumPy's format, read without NumPy."""
    with open(path, "rb") as file:
        assert file.read(8) == b"\x93NUMPY\x01\x00"
        (length,) = struct.unpack("<H", file.read(2))
        assert (10 + length) % 64 == 0, "the header is not aligned"
        header = eval(file.read(length), {"__builtins__": {}})  # a literal of our own making
        values: array.array[float] = array.array({"f4": "f", "u2": "H"}[header["descr"][1:]])
        values.frombytes(file.read())
    assert header["fortran_order"] is False
    return header["shape"], header["descr"], values.tolist()
