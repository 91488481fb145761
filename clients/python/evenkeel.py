"""evenkeel: the client for training scripts that `evenkeel search` runs.

A training script becomes searchable with a loop and an answer:

    import evenkeel

    for run in evenkeel.runs(classes=names, data="cifar10/v1"):
        model = train(weight=run.class_weights, seed=run.seed, epochs=run.epochs, **run.params)
        run.result(val=(labels, logits), test=lambda: evaluate(model, "test"))

Started by evenkeel, the loop serves one training run after another, until evenkeel
has no more. Started by hand, it trains once with weights of 1 and prints the recalls.
`serve` does the same with a function instead of a loop body.

`fit_offsets` needs no study: it fits offsets to the logits of any trained model.

This file needs Python 3.9 and nothing else: install it or copy it beside your script.
It takes lists, NumPy arrays and PyTorch tensors and imports neither of them. It speaks
over copies of standard input and output that it makes when it is imported; after that,
what anything prints goes to standard error, which evenkeel keeps as the log. It reads
the script's files then, too, and notices if they are edited later. So import it first:
an edit before that is not seen. docs/trainer.md describes the protocol and what users should know.

To read the code, start with `runs` and `Run`; below them are the three channels that a
run can answer to (evenkeel, a terminal, nobody), the measuring, and the code's version.
"""

from __future__ import annotations

import array
import ast
import atexit
import collections
import hashlib
import importlib.machinery
import io
import itertools
import json
import math
import os
import queue
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import traceback
import warnings
from types import TracebackType
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple
from typing import Optional, Protocol, Sequence, Set, Tuple, Type, Union

__all__ = ["Offsets", "Retry", "Run", "fit_offsets", "runs", "serve"]
__version__ = "0.1.0"

PROTOCOL = 1
ABILITIES = ("loss", "logit", "weights_from", "warm_start")

# Seconds from the end of standard input during a run to SIGTERM, and from there to the end.
_GRACE = 5.0
# Most characters of an error answer, and of what an exception contributes to one.
_MESSAGE_LIMIT = 4_000
_HEADLINE_LIMIT = 500

Matrix = List[List[int]]


class Retry(Exception):
    """Raised by a training: this run failed for a passing reason and may be tried again."""


def runs(
    classes: Iterable[str],
    data: str,
    *,
    supports: Iterable[str] = ("loss",),
    train_counts: Optional[Iterable[int]] = None,
    version: Optional[str] = None,
    params: Optional[Mapping[str, Any]] = None,
    epochs: int = 10,
    broadcast: Optional[Callable[[Any], Any]] = None,
) -> Iterator[Run]:
    """Yield one training run after another; call `run.result` once for each.

    classes: the class names, in the order of labels and of columns of logits.
    data: names the data and the split; change it when either changes.
    supports: what the script can do. How the weights act, at least one of "loss" (they
        weigh the loss) and "logit" (-ln w is added to the training logits); `run.apply`
        says which is wanted. "weights_from" (it heeds `run.weights_from`, or trains with
        `run.weights_at`) and "warm_start" (`run.start_from`, `run.save_to`).
    train_counts: the number of training examples of each class, if known.
    version: names the code. By default a hash of the script and its local imports, with
        the versions of Python and of the packages that they have imported by now.
    params: defaults of `run.params`. A number that evenkeel sends for a default that is a
        float arrives as a float.
    epochs: when run by hand, unless the environment variable EVENKEEL_EPOCHS says otherwise.
    broadcast: for scripts with several ranks (environment variable RANK): a function that
        is called on every rank and returns the argument of rank 0. Only rank 0 speaks
        with evenkeel; the others get the same runs, and their answers go nowhere.
    """
    script = _Script(
        classes=_class_names(classes),
        data=data,
        supports=[str(s) for s in supports],
        train_counts=None if train_counts is None else _whole(_table(train_counts, "train_counts"), "train_counts"),
        version=version,
        params=dict(params or {}),
        epochs=epochs,
    )
    script.check()
    return _loop(script, _channel(script, broadcast), broadcast)


def serve(function: Callable[[Run], Any], classes: Iterable[str], data: str, **options: Any) -> None:
    """Call function(run) for every run of `runs(classes, data, **options)`.

    An exception becomes the run's error answer, its traceback goes to the log, and the next
    run is served by the same process; in the loop over `runs` it ends the process. `Retry` asks for another try.
    Run by hand, or with several ranks, where one rank cannot go on without the others,
    exceptions are raised as usual.
    """
    alone = _rank() == 0 and options.get("broadcast") is None
    for run in runs(classes, data, **options):
        try:
            function(run)
        except Exception as err:
            if not (alone and _PIPES):
                raise
            traceback.print_exc()
            if not run.answered:
                run.error(_headline(err), retry=isinstance(err, Retry))


class Offsets(NamedTuple):
    """Offsets for a model's logits, and what they do on examples that were not in the fit."""

    offsets: List[float]
    """What to add to the logits of each class: (logits + offsets).argmax(axis=1)."""
    classes: List[str]
    """The classes in the order of the offsets."""
    gains: bool
    """Whether they even the recalls out beyond noise; if not, keep the model as it is."""
    before: List[float]
    """The recall of each class without the offsets, from 0 to 1."""
    after: List[float]
    """The recall of each class with them."""
    change: float
    """By how much they change the spread of the recalls; below 0 they are more even."""
    interval: Tuple[float, float]
    """The 95 % interval of the change."""
    cost: float
    """By how much they change the balanced accuracy; below 0 it is lost."""
    cost_interval: Tuple[float, float]
    """The 95 % interval of the cost."""
    within_tolerance: str
    """Whether the loss is within the tolerance: "yes", "perhaps" or "no"."""
    figures: Dict[str, Any]
    """Everything that `evenkeel offsets --format json` says."""


def fit_offsets(
    labels: Any,
    logits: Any,
    *,
    classes: Optional[Iterable[str]] = None,
    tolerance: float = 0.01,
    spread: str = "stddev",
    probabilities: bool = False,
) -> Offsets:
    """Fit offsets that even out the recalls of a trained model, from its validation logits.

    labels: the true class of each example: numbers from 0, or names.
    logits: examples x classes, in the same order: a list, an array or a tensor.
    classes: the names of the classes in the order of the columns; by default their numbers,
        or the names among the labels in sorted order, as scikit-learn has them.
    tolerance: the balanced accuracy that may be lost without charge, a share.
    spread: the measure of unevenness: stddev, gap, cv, gini, worst or gmean.
    probabilities: whether logits are probabilities; their log is taken then.

    It calls the program `evenkeel`, which the environment variable EVENKEEL names or which
    is on the PATH: FileNotFoundError says that it is missing, ValueError what is wrong with
    the arguments. `evenkeel offsets --help` and docs/offsets.md say what is computed.
    """
    program = _program()
    table = _table(logits, "logits")
    if len(table.shape) != 2:
        raise ValueError("logits: want examples x classes; of a decision d between two classes give [[0, d], ...]")
    k = table.shape[1]
    names = None if classes is None else _class_names(classes)
    known = _names_of(labels)
    if known is not None:
        names = sorted(set(known)) if names is None else names
        unknown = set(known) - set(names)
        if unknown or len(names) != k:
            raise ValueError(f"labels: {len(set(known))} names for {k} columns of logits"
                             + (f", and {min(unknown)!r} is not in classes" if unknown else "")
                             + "; want classes to name the columns in their order")
        number = {name: c for c, name in enumerate(names)}
        truth = array.array("H", [number[name] for name in known])
    else:
        truth = _classes_of(_table(labels, "labels"), "labels", k)
    values = _logits_of(table, "logits", k)
    if len(truth) != table.shape[0]:
        raise ValueError(f"{len(truth)} labels but {table.shape[0]} rows of logits")
    with tempfile.TemporaryDirectory(prefix="evenkeel-") as folder:
        _write_npy(folder, "logits.npy", values, (len(truth), k))
        _write_npy(folder, "labels.npy", truth, (len(truth),))
        command = [program, "offsets", "logits.npy", "labels.npy", "--format", "json",
                   "--tolerance", repr(float(tolerance)), "--spread", str(spread)]
        if probabilities:
            command.append("--probabilities")
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise ValueError(said or f"{program} ended with status {done.returncode} and said nothing")
    found: Dict[str, Any] = json.loads(done.stdout)[0]
    if names is not None:
        found["classes"] = names
    return Offsets(
        offsets=found["offsets"], classes=found["classes"], gains=found["gains"],
        before=found["recall_before"], after=found["recall_after"],
        change=found["change"], interval=(found["change_low"], found["change_high"]),
        cost=found["balanced_accuracy_change"], cost_interval=(found["balanced_accuracy_low"], found["balanced_accuracy_high"]),
        within_tolerance=found["within_tolerance"], figures=found,
    )


def _program() -> str:
    """Return the path of the program evenkeel."""
    said = os.environ.get("EVENKEEL")
    found = shutil.which(said or "evenkeel")
    if found is None:
        where = f"EVENKEEL={said} is no program" if said else "there is no program evenkeel on the PATH"
        raise FileNotFoundError(f"{where}; build it (go build -o evenkeel ./cmd/evenkeel) and put it on the PATH, "
                                "or name its file in the environment variable EVENKEEL")
    return os.path.abspath(found)


def _names_of(labels: Any) -> Optional[List[str]]:
    """Return labels that are names, or None if they are not."""
    listed = labels.tolist() if hasattr(labels, "tolist") else labels
    if isinstance(listed, (list, tuple)) and listed and all(isinstance(name, str) for name in listed):
        return list(listed)
    return None


class Run:
    """One training run that is asked for. Its attributes do not change."""

    id: str
    """Names the run; the same run tried again has the same id."""
    attempt: int
    """1 for the first try."""
    seed: int
    """Seeds everything that is random: initial parameters, order of the data, dropout."""
    class_weights: List[float]
    """One weight per class, in the order of the classes."""
    apply: str
    """How the weights act, one of what the script supports."""
    weights_from: float
    """The share of the epochs before the weights act; see `weights_at`."""
    epochs: int
    """How many epochs to train."""
    round: Optional[int]
    """0 for the unweighted round, None if unknown."""
    params: Dict[str, Any]
    """The defaults given to `runs`, overlaid with what the study says."""
    parts: Tuple[str, ...]
    """Which of "train", "val", "test" to evaluate. In one run of `evenkeel check` "test" is
    among them although only its numbers of examples are sent."""
    dir: str
    """A folder of the run's own; gone some time after the answer."""
    start_from: Optional[str]
    """A file with the parameters to start from, as an earlier run saved them, or None."""
    save_to: Optional[str]
    """Where to save the trained parameters, or None."""
    answered: bool
    """Whether `result` or `error` was called."""

    def __init__(
        self, job: Mapping[str, Any], script: _Script, channel: _Channel, broadcast: Optional[Callable[[Any], Any]]
    ) -> None:
        self.id = str(job["run"])
        self.attempt = int(job.get("attempt", 1))
        self.seed = int(job["seed"])
        self.class_weights = [float(w) for w in job["class_weights"]]
        self.apply = str(job.get("apply", "loss"))
        self.weights_from = float(job.get("weights_from") or 0)
        self.epochs = int(job.get("epochs", script.epochs))
        self.round = job.get("round")
        self.params = _overlay(script.params, job.get("params") or {})
        self.parts = tuple(job.get("parts") or ("val",))
        self._shape_only = bool(job.get("test_shape")) and "test" not in self.parts
        if self._shape_only:
            self.parts += ("test",)
        self.dir = str(job.get("dir") or "")
        self.start_from = job.get("start_from")
        self.save_to = job.get("save_to")
        self.answered = False
        self._script = script
        self._channel = channel
        self._broadcast = broadcast
        self._stopped = False
        self._last_epoch = 0
        if len(self.class_weights) != len(script.classes):
            raise ValueError(f"{len(self.class_weights)} class weights were sent for {len(script.classes)} classes")

    def weights_at(self, epoch: int) -> List[float]:
        """Return the class weights of an epoch, counted from 1, as `weights_from` has it."""
        begins = math.floor(self.weights_from * self.epochs + 1e-9)
        return list(self.class_weights) if epoch > begins else [1.0] * len(self.class_weights)

    def epoch(self, epoch: int, loss: Any = None, val: Any = None) -> None:
        """Report a finished epoch, counted from 1. Optional; it also says "still alive".

        loss is the mean training loss, a number or a tensor with one; val is as in `result`.
        """
        if self.answered:
            raise RuntimeError(f"run.epoch({epoch}) was called after the run's result")
        if epoch <= self._last_epoch:
            raise ValueError(f"epoch {epoch} after epoch {self._last_epoch}; want them to rise, from 1")
        self._last_epoch = epoch
        if self._channel.silent:
            return
        number = None if loss is None else float(loss)
        if number is not None and not math.isfinite(number):
            raise ValueError(f"the loss of epoch {epoch} is {number}: the training diverged")
        measured = None if val is None else _measure("val", val, self._script.classes)
        self._channel.epoch(self, epoch, number, measured)

    @property
    def should_stop(self) -> bool:
        """Whether evenkeel asks to end early and answer with a result. Ask once an epoch.

        With several ranks it is a broadcast, so every rank must ask at the same place.
        """
        stop = None if self._channel.silent else self._channel.stop_requested(self)
        if self._broadcast is not None:
            stop = self._broadcast(stop)
        self._stopped = self._stopped or bool(stop)
        return self._stopped

    def result(self, *, val: Any, train: Any = None, test: Any = None, epochs: Optional[int] = None) -> None:
        """Answer with what was measured on each part, after the whole training.

        Each of val, train and test is a pair (labels, predictions) or (labels, logits), or
        a confusion matrix, classes x classes, rows true. A pair is a tuple; its members and
        the matrix may be lists, arrays or tensors. Each may also be a function that
        returns one of these: it is called only if the part is asked for, and what is
        given for a part that is not asked for is not looked at.

        epochs: how many were trained, where that may be fewer than run.epochs.
        """
        self._claim()
        if self._channel.silent:
            self.answered = True
            return
        if val is None:
            raise ValueError("val is None; the result needs the validation part")
        measured = {}
        for part, given in (("val", val), ("train", train), ("test", test)):
            if given is not None and (part in self.parts or part == "val"):
                measured[part] = _measure(part, given, self._script.classes)
        shape: Optional[Dict[str, Any]] = None
        if self._shape_only:  # what was measured on the test part goes no further
            shape = _shape(measured.pop("test", None))
        trained = self._epochs_trained(epochs)
        self._channel.result(self, measured, trained, self._stopped or trained < self.epochs, shape)
        self.answered = True

    def error(self, message: str, retry: bool = False) -> None:
        """Answer that the run failed. retry says that the same run may succeed next time."""
        self._claim()
        self._channel.error(self, message, retry)
        self.answered = True

    def _claim(self) -> None:
        if self.answered:
            raise RuntimeError("this run has been answered already; call run.result or run.error once")

    def _epochs_trained(self, said: Optional[int]) -> int:
        if said is not None:
            return int(said)
        return self._last_epoch if self._stopped and self._last_epoch else self.epochs


def _loop(script: _Script, channel: _Channel, broadcast: Optional[Callable[[Any], Any]]) -> Iterator[Run]:
    """Yield the channel's runs. What a loop body raises never comes by here: see _Driver."""
    while True:
        job = channel.next_job()
        if broadcast is not None:
            job = broadcast(job)
        if job is None:
            return
        run = Run(job, script, channel, broadcast)
        channel.begin(run)
        yield run
        if not run.answered:
            channel.forgotten(run)


# --- the script: what is said of it once ---------------------------------------------


class _Script(NamedTuple):
    """The arguments of `runs`."""

    classes: List[str]
    data: str
    supports: List[str]
    train_counts: Optional[List[int]]
    version: Optional[str]
    params: Dict[str, Any]
    epochs: int

    def check(self) -> None:
        if not all(c.strip() for c in self.classes):
            raise ValueError("classes has an empty name")
        if len(self.classes) < 2:
            raise ValueError(f"classes has {len(self.classes)} entries; want at least 2")
        if len(set(self.classes)) < len(self.classes):
            twice = [c for c, n in collections.Counter(self.classes).items() if n > 1]
            raise ValueError(f"classes has {twice[0]!r} twice; want distinct names")
        if not isinstance(self.data, str) or not self.data:
            raise ValueError(f'data is {self.data!r}; want a name such as "cifar10/v1"')
        for ability in self.supports:
            if ability not in ABILITIES:
                raise ValueError(f"supports has {ability!r}; want some of {', '.join(ABILITIES)}")
        if not {"loss", "logit"} & set(self.supports):
            raise ValueError(f"supports is {self.supports}; want loss or logit in it, the ways to apply weights")
        if self.train_counts is not None:
            if len(self.train_counts) != len(self.classes):
                raise ValueError(f"train_counts has {len(self.train_counts)} entries for {len(self.classes)} classes")
            if min(self.train_counts) < 1:
                raise ValueError(f"train_counts has {min(self.train_counts)}; want at least 1 for every class")

    def ready(self) -> Dict[str, Any]:
        """Return the answer to hello."""
        assert _CODE is not None  # since evenkeel started this process
        answer = {
            "type": "ready", "protocol": PROTOCOL, "classes": self.classes, "data": self.data,
            "version": self.version or _CODE.version(), "supports": self.supports,
        }
        if self.train_counts is not None:
            answer["train_counts"] = self.train_counts
        return answer


def _class_names(classes: Iterable[str]) -> List[str]:
    if isinstance(classes, str):
        raise ValueError(f"classes is the text {classes!r}; want a list of names")
    return [str(c) for c in classes]


def _overlay(defaults: Mapping[str, Any], sent: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the defaults with what was sent on top; JSON writes 1.0 as 1, so floats stay floats."""
    merged = {**defaults, **sent}
    for name, default in defaults.items():
        if type(default) is float and type(merged[name]) is int:
            merged[name] = float(merged[name])
    return merged


# --- the channels that a run answers to ----------------------------------------------


class _Channel(Protocol):
    """Where runs come from and answers go to."""

    silent: bool  # answers go nowhere, so nothing need be measured

    def next_job(self) -> Optional[Mapping[str, Any]]: ...
    def begin(self, run: Run) -> None: ...
    def stop_requested(self, run: Run) -> bool: ...
    def epoch(self, run: Run, epoch: int, loss: Optional[float], val: Optional[_Measured]) -> None: ...
    def result(self, run: Run, parts: Mapping[str, _Measured], epochs: int, stopped: bool,
               test_shape: Optional[Mapping[str, Any]]) -> None: ...
    def error(self, run: Run, message: str, retry: bool) -> None: ...
    def forgotten(self, run: Run) -> None: ...


def _rank() -> int:
    return int(os.environ.get("RANK") or 0)


def _channel(script: _Script, broadcast: Optional[Callable[[Any], Any]]) -> _Channel:
    """Return the channel of this process."""
    if _rank() != 0:
        if broadcast is None:
            raise RuntimeError(f"RANK is {_rank()}, and only rank 0 gets runs; give evenkeel.runs broadcast=")
        if _CODE is not None and not script.version:
            _CODE.version()  # this rank's files may be edited too
        return _Nobody()
    if not os.environ.get("EVENKEEL_TRAINER_PID"):
        return _Terminal(script)
    if _PIPES is None or _PIPES.owner != os.getpid():
        raise RuntimeError(
            "evenkeel.runs was called in a child process of the trainer (a data loader's worker?); "
            'put the loop under `if __name__ == "__main__":`'
        )
    return _Driver(script, _PIPES)


class _Pipes(NamedTuple):
    """The copies of standard input and output over which evenkeel is spoken to."""

    requests: int
    answers: int
    owner: int


def _take_pipes() -> Optional[_Pipes]:
    """Take standard input and output away from everything else in this process.

    Descriptor 1 becomes standard error, so that print, C libraries and child processes
    cannot write into the protocol, and descriptor 0 is empty. Done when this module is
    imported, if evenkeel started the process; of several ranks only rank 0 keeps the
    copies. Children find EVENKEEL_TRAINER_PID in their environment and EVENKEEL_PROTOCOL
    only if they are trainers of their own, of a search that this process started.
    """
    if os.environ.pop("EVENKEEL_PROTOCOL", "") == "":
        return None
    os.environ["EVENKEEL_TRAINER_PID"] = str(os.getpid())
    pipes = _Pipes(os.dup(0), os.dup(1), os.getpid()) if _rank() == 0 else None
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()  # what was printed before the import goes to the log too
        sys.stdout.reconfigure(line_buffering=True)
    return pipes


class _Driver:
    """The channel to evenkeel: requests come in by a thread, answers go out at once.

    An exception in the body of a for loop never reaches the iterator that it loops over.
    So it is answered from sys.excepthook, or, where something else sits there or the
    script ends by itself, when the interpreter exits. Such an answer says "exiting" and
    is the last, so that evenkeel starts a new process and asks nothing more of this one,
    which may take its time to end.
    """

    silent = False
    _taken = False

    def __init__(self, script: _Script, pipes: _Pipes) -> None:
        if _Driver._taken:
            raise RuntimeError("evenkeel.runs was called twice; one loop serves all runs")
        _Driver._taken = True
        self._script = script
        self._pipes = pipes
        self._inbox: queue.SimpleQueue[Optional[Dict[str, Any]]] = queue.SimpleQueue()
        self._stops: Set[str] = set()
        self._open: Optional[Run] = None
        self._gone = False  # standard input ended without bye
        self._broken = False  # nobody reads the answers
        self._ending = False  # the next answer is the last
        self._writing = threading.Lock()
        self._hook = sys.excepthook
        sys.excepthook = self._uncaught
        atexit.register(self._exiting)
        os.register_at_fork(after_in_child=self._forked)
        threading.Thread(target=self._read, name="evenkeel", daemon=True).start()

    def next_job(self) -> Optional[Mapping[str, Any]]:
        while not self._broken:
            message = self._inbox.get()
            if message is None:
                break
            kind = message.get("type")
            if kind == "hello":
                self._greet(message.get("protocol"))
            elif kind == "train":
                return None if self._gone else message
            else:
                print(f"evenkeel.py: cannot read the request {str(message)[:200]}", file=sys.stderr)
        return None

    def _greet(self, protocol: Any) -> None:
        """Answer hello; end the process if it is not fit to serve runs."""
        try:
            if protocol != PROTOCOL:
                raise ValueError(f"evenkeel speaks protocol {protocol}, evenkeel.py {PROTOCOL}; install them together")
            answer = self._script.ready()
        except (OSError, ValueError, _Edited) as err:
            self._send({"type": "error", "message": str(err)})
            sys.exit(1)
        self._send(answer)

    def begin(self, run: Run) -> None:
        self._open = run

    def stop_requested(self, run: Run) -> bool:
        return self._gone or self._broken or run.id in self._stops

    def epoch(self, run: Run, epoch: int, loss: Optional[float], val: Optional[_Measured]) -> None:
        answer: Dict[str, Any] = {"type": "epoch", "run": run.id, "epoch": epoch}
        if loss is not None:
            answer["loss"] = loss
        if val is not None:
            answer["val"] = {"confusion": val.confusion}
        self._send(answer)

    def result(self, run: Run, parts: Mapping[str, _Measured], epochs: int, stopped: bool,
               test_shape: Optional[Mapping[str, Any]]) -> None:
        try:
            if _CODE is not None and not self._script.version:
                _CODE.check_late_imports()
        except _Edited as err:
            self._last_answer(str(err), retry=False)
            sys.exit(1)
        answer: Dict[str, Any] = {"type": "result", "run": run.id, "class_weights": run.class_weights}
        answer.update(stopped=stopped, epochs=epochs)
        for part, measured in parts.items():
            answer[part] = {"confusion": measured.confusion}
            if run.dir and part != "train":  # nothing reads the training part's examples
                answer[part].update(measured.save(run.dir, part))
        if test_shape is not None:
            answer["test_shape"] = test_shape
        self._send(answer)
        self._open = None

    def error(self, run: Run, message: str, retry: bool) -> None:
        self._open = None
        answer = {"type": "error", "run": run.id, "message": message[:_MESSAGE_LIMIT], "retry": retry}
        self._send({**answer, "exiting": True} if self._ending else answer)

    def forgotten(self, run: Run) -> None:
        run.error("the loop body ended without calling run.result(val=...)")

    def _send(self, answer: Mapping[str, Any]) -> None:
        """Write one line. If nobody reads any more, the loop ends at its next turn."""
        if self._broken:
            return
        line = memoryview(json.dumps(answer, allow_nan=False, separators=(",", ":")).encode() + b"\n")
        with self._writing:
            try:
                while line:
                    line = line[os.write(self._pipes.answers, line) :]
            except BrokenPipeError:
                self._broken = True

    def _read(self) -> None:
        """Read requests until bye or the end of input. Runs in a thread of its own.

        It reads the descriptor and not a file object: a thread that waits in one of those
        when the interpreter exits would hold its lock.
        """
        pending = b""
        while True:
            try:
                chunk = os.read(self._pipes.requests, 1 << 16)
            except OSError:
                chunk = b""
            if not chunk:
                break
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                if not self._take(line):
                    return
        self._gone = True
        self._inbox.put(None)
        if self._open is not None:
            self._abandoned()

    def _take(self, line: bytes) -> bool:
        """Take one request; return whether more may come."""
        try:
            message = json.loads(line)
            kind, run = message.get("type"), message.get("run")
        except (ValueError, AttributeError):
            message, kind, run = {"unreadable": line.decode(errors="replace")}, None, None
        if kind == "bye":
            self._inbox.put(None)
            return False
        if kind == "stop":
            self._stops.add(run)
            return True
        if kind == "train":
            self._stops.discard(run)
        self._inbox.put(message)
        return True

    def _abandoned(self) -> None:
        """End the process if its run does not end soon: whoever asked for it is gone."""
        print("evenkeel.py: standard input ended during a run, so nobody waits for it; ending", file=sys.stderr)
        for end in (lambda: os.kill(os.getpid(), signal.SIGTERM), lambda: os._exit(1)):
            time.sleep(_GRACE)
            if self._open is None:
                return
            end()

    def _uncaught(self, kind: Type[BaseException], err: BaseException, trace: Optional[TracebackType]) -> None:
        told = self._open is not None
        self._answer_for(err)
        if not (told and self._hook is sys.__excepthook__):
            self._hook(kind, err, trace)

    def _exiting(self) -> None:
        err = getattr(sys, "last_value", None)
        if isinstance(err, BaseException):
            self._answer_for(err)
        else:
            self._last_answer("the script left the loop or ended before it called run.result", retry=False)

    def _answer_for(self, err: BaseException) -> None:
        """Answer the open run; the traceback goes first, as the run's log ends with its answer."""
        if self._open is not None:
            traceback.print_exception(type(err), err, err.__traceback__)
            self._last_answer(_headline(err), retry=isinstance(err, Retry))

    def _last_answer(self, message: str, retry: bool) -> None:
        if self._open is not None:
            self._ending = True
            self._open.error(message, retry)
            os.close(self._pipes.answers)
            self._broken = True

    def _forked(self) -> None:
        """In a forked child: it must neither answer nor keep the pipes open."""
        self._open = None
        self._broken = True
        for pipe in (self._pipes.requests, self._pipes.answers):
            try:
                os.close(pipe)
            except OSError:
                pass  # the parent has had its last answer


def _headline(err: BaseException) -> str:
    """Return in one line what went wrong, and where in the user's own code."""
    parts = traceback.format_exception_only(type(err), err)
    line = " ".join((parts[-1] if isinstance(err, SyntaxError) else parts[0]).split())
    if len(line) > _HEADLINE_LIMIT:
        line = line[:_HEADLINE_LIMIT] + "..."
    home = _CODE.home if _CODE is not None else None
    place = ""
    for frame, number in traceback.walk_tb(err.__traceback__):
        path = os.path.abspath(frame.f_code.co_filename)
        if home is not None and home.holds(path) and os.path.isfile(path):  # "<string>" is none
            place = f" ({home.name(path)}:{number})"
    return line + place


class _Nobody:
    """The channel of every rank but 0: runs come by broadcast, answers go nowhere."""

    silent = True

    def next_job(self) -> Optional[Mapping[str, Any]]:
        return None

    def begin(self, run: Run) -> None: ...
    def stop_requested(self, run: Run) -> bool:
        return False

    def epoch(self, run: Run, epoch: int, loss: Optional[float], val: Optional[_Measured]) -> None: ...
    def result(self, run: Run, parts: Mapping[str, _Measured], epochs: int, stopped: bool,
               test_shape: Optional[Mapping[str, Any]]) -> None: ...
    def error(self, run: Run, message: str, retry: bool) -> None: ...
    def forgotten(self, run: Run) -> None: ...


class _Terminal:
    """The channel of a script that is run by hand: one unweighted run, results printed."""

    silent = False

    def __init__(self, script: _Script) -> None:
        self._script = script
        self._dir: Optional[tempfile.TemporaryDirectory[str]] = None

    def next_job(self) -> Optional[Mapping[str, Any]]:
        if self._dir is not None:
            self._dir.cleanup()
            return None
        self._dir = tempfile.TemporaryDirectory(prefix="evenkeel-")
        return {
            "run": "by-hand", "seed": 1, "class_weights": [1.0] * len(self._script.classes),
            "apply": "loss" if "loss" in self._script.supports else "logit", "epochs": self._epochs(),
            "round": 0, "parts": ["val"], "dir": self._dir.name,
        }

    def _epochs(self) -> int:
        said = os.environ.get("EVENKEEL_EPOCHS")
        if not said:
            return self._script.epochs
        if not said.isdecimal() or int(said) < 1:
            raise ValueError(f"EVENKEEL_EPOCHS is {said!r}; want a whole number from 1")
        return int(said)

    def begin(self, run: Run) -> None:
        print(f"By hand: one training with class weights of 1, seed {run.seed}, {run.epochs} epochs.")

    def stop_requested(self, run: Run) -> bool:
        return False

    def epoch(self, run: Run, epoch: int, loss: Optional[float], val: Optional[_Measured]) -> None:
        line = f"epoch {epoch}/{run.epochs}"
        if loss is not None:
            line += f"  loss {loss:.4f}"
        if val is not None:
            line += f"  balanced accuracy {100 * _mean(_recalls(val.confusion)):.1f}"
        print(line, flush=True)

    def result(self, run: Run, parts: Mapping[str, _Measured], epochs: int, stopped: bool,
               test_shape: Optional[Mapping[str, Any]]) -> None:
        confusion = parts["val"].confusion
        recalls = _recalls(confusion)
        mean = _mean(recalls)
        spread = math.sqrt(_mean([(r - mean) ** 2 for r in recalls]))
        width = max(len(c) for c in [*self._script.classes, "class"])
        print(f"\n{'class':{width}}  examples  recall")
        for name, row, recall in zip(self._script.classes, confusion, recalls):
            print(f"{name:{width}}  {sum(row):8}  {100 * recall:6.1f}")
        print(f"\nvalidation: balanced accuracy {100 * mean:.1f}, spread {spread:.3f} (standard deviation)")
        print("The test part was not asked for and stays closed.", flush=True)

    def error(self, run: Run, message: str, retry: bool) -> None:
        raise RuntimeError(message)

    def forgotten(self, run: Run) -> None:
        raise RuntimeError("the loop body ended without calling run.result(val=...)")


def _recalls(confusion: Matrix) -> List[float]:
    return [row[c] / sum(row) for c, row in enumerate(confusion)]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


# --- measuring: labels, predictions, logits, confusion matrices ----------------------


class _Measured(NamedTuple):
    """What is known of a part; the arrays are absent where a matrix was given."""

    confusion: Matrix
    labels: Optional[array.array[int]] = None
    predictions: Optional[array.array[int]] = None
    logits: Optional[array.array[float]] = None

    def save(self, folder: str, part: str) -> Dict[str, str]:
        """Write the arrays into a folder and return the file names by field of the answer."""
        os.makedirs(folder, exist_ok=True)
        files: Dict[str, str] = {}
        if self.labels is not None and self.predictions is not None:
            files["labels"] = _write_npy(folder, f"{part}_labels.npy", self.labels, (len(self.labels),))
            files["predictions"] = _write_npy(folder, f"{part}_pred.npy", self.predictions, (len(self.predictions),))
            if self.logits is not None:
                shape = (len(self.labels), len(self.confusion))
                files["scores"] = _write_npy(folder, f"{part}.npy", self.logits, shape)
        return files


def _shape(test: Optional[_Measured]) -> Dict[str, Any]:
    """Say how many examples of each class the test part has, and nothing of what the model does there."""
    if test is None:
        return {"examples": []}
    return {"examples": [sum(row) for row in test.confusion], "predictions": test.labels is not None}


def _measure(part: str, given: Any, classes: Sequence[str]) -> _Measured:
    """Check what the user gave for a part and count it into a confusion matrix."""
    while callable(given):
        given = given()
    if not (isinstance(given, tuple) and len(given) == 2):
        return _given_matrix(part, given, classes)
    labels_table, other = _table(given[0], f"{part} labels"), _table(given[1], f"{part} predictions or logits")
    k = len(classes)
    if k == 2 and labels_table.shape == other.shape == (2,):
        raise ValueError(
            f"{part} may be a 2 x 2 matrix or labels and predictions of two examples; give a matrix as a list"
        )
    labels = _classes_of(labels_table, f"{part} labels", k)
    if other.shape[0] != len(labels):
        raise ValueError(f"{part} has {len(labels)} labels but {other.shape[0]} predictions")
    if len(other.shape) == 1:
        predictions, logits = _classes_of(other, f"{part} predictions", k), None
    else:
        logits = _logits_of(other, f"{part} logits", k)
        if _are_probabilities(logits, k):
            raise ValueError(
                f"{part} logits are probabilities: all rows are from 0 to 1 and add up to 1; want the scores "
                "before the softmax, or the log of the probabilities, numpy.log(p.clip(1e-12))"
            )
        predictions = _argmax(logits, k)
    pairs = collections.Counter(zip(labels, predictions))
    confusion = [[pairs[t, p] for p in range(k)] for t in range(k)]
    _check_rows(part, confusion, classes)
    return _Measured(confusion, labels, predictions, logits)


def _given_matrix(part: str, given: Any, classes: Sequence[str]) -> _Measured:
    table, k = _table(given, part), len(classes)
    if table.shape != (k, k):
        shape = " x ".join(str(n) for n in table.shape)
        raise ValueError(
            f"{part} has shape {shape}; want the tuple (labels, predictions), the tuple (labels, logits), "
            f"or a confusion matrix of {k} x {k}"
        )
    counts = _whole(table, f"{part} confusion matrix")
    if min(counts) < 0 or max(counts) >= 1 << 53:
        wrong = next(n for n in counts if not 0 <= n < 1 << 53)
        raise ValueError(f"{part} confusion matrix has {wrong}; want counts from 0 to below 2^53")
    confusion = [counts[c * k : (c + 1) * k] for c in range(k)]
    _check_rows(part, confusion, classes)
    return _Measured(confusion)


def _check_rows(part: str, confusion: Matrix, classes: Sequence[str]) -> None:
    empty = [name for name, row in zip(classes, confusion) if not any(row)]
    if empty:
        raise ValueError(f"{part} has no example of {', '.join(empty[:5])}; every class needs one to have a recall")


class _Table(NamedTuple):
    """Numbers in row order as bytes, in the format that struct knows them by."""

    shape: Tuple[int, ...]
    format: str
    data: memoryview

    def values(self) -> Sequence[Any]:
        if self.format in "?e":  # which array does not know
            return struct.unpack(f"{math.prod(self.shape)}{self.format}", self.data)
        values = array.array(self.format)
        values.frombytes(self.data)
        return values


def _table(given: Any, what: str) -> _Table:
    """Read a list, an array or a tensor with one or two dimensions."""
    given = _plain(given)
    table = _from_buffer(given) or _from_list(given, what)
    if len(table.shape) not in (1, 2) or 0 in table.shape:
        shape = " x ".join(str(n) for n in table.shape) or "of a single number"
        raise ValueError(f"{what}: shape {shape}; want one or two dimensions and at least one entry")
    return table


def _plain(given: Any) -> Any:
    """Return a tensor, series or the like as an array or, where that fails, as a list."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
    for name in ("numpy", "to_numpy"):
        if hasattr(given, name):
            try:
                return getattr(given, name)()
            except TypeError:  # NumPy lacks the type: bfloat16
                return given.float().numpy() if hasattr(given, "float") else given.tolist()
            except RuntimeError:  # PyTorch without NumPy
                return given.tolist()
    return given


def _from_buffer(given: Any) -> Optional[_Table]:
    """Read anything with a buffer of numbers in native format, without a copy if it is dense."""
    try:
        view = memoryview(given)
    except (TypeError, ValueError, BufferError):
        return None
    if view.format not in tuple("?bBhHiIlLqQefd"):
        return None
    data = view.cast("B") if view.c_contiguous and view.nbytes else memoryview(view.tobytes())
    return _Table(view.shape or (), view.format, data)


def _from_list(given: Any, what: str) -> _Table:
    """Read a list of numbers, a list of equally long rows, or what can turn itself into one."""
    if hasattr(given, "tolist"):
        given = given.tolist()
    elif not isinstance(given, (list, tuple)) and isinstance(given, Iterable) and not isinstance(given, str):
        given = list(given)
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"{what}: got {type(given).__name__}; want a list, an array or a tensor of numbers")
    if not given or not (isinstance(given[0], (list, tuple, array.array)) or getattr(given[0], "shape", None)):
        return _packed((len(given),), given, what)
    rows = [r if isinstance(r, (list, tuple)) else _table(r, what).values() for r in given]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"{what}: row {i} has {len(row)} entries, row 0 has {len(rows[0])}")
    return _packed((len(rows), len(rows[0])), list(itertools.chain.from_iterable(rows)), what)


def _packed(shape: Tuple[int, ...], values: Sequence[Any], what: str) -> _Table:
    """Pack Python numbers as 64-bit integers or reals."""
    try:
        numbers = [v if type(v) in (int, float) else _number(v) for v in values]
        packed: Union[array.array[int], array.array[float]]
        packed = array.array("q", numbers) if all(type(v) is int for v in numbers) else array.array("d", numbers)
    except (TypeError, ValueError, OverflowError) as err:
        raise TypeError(f"{what}: {err}; want numbers") from None
    return _Table(shape, packed.typecode, memoryview(packed).cast("B"))


def _number(value: Any) -> Union[int, float]:
    """Return a bool, a NumPy scalar or a tensor of one number as a Python number."""
    if isinstance(value, (str, bytes)):
        raise TypeError(f"an entry is {value!r}")
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, bool) else value if isinstance(value, int) else float(value)


def _whole(table: _Table, what: str) -> List[int]:
    """Return the entries, which must be whole numbers, in row order."""
    values = table.values()
    if table.format in "efd":
        for i, v in enumerate(values):
            if not v.is_integer():
                raise ValueError(f"{what}: entry {i} is {v}; want whole numbers")
    return [int(v) for v in values]


def _classes_of(table: _Table, what: str, k: int) -> array.array[int]:
    """Return the entries as class numbers from 0 to k - 1."""
    if len(table.shape) != 1:
        shape = " x ".join(str(n) for n in table.shape)
        raise ValueError(f"{what}: shape {shape}; want one class number per example")
    numbers = _whole(table, what)
    if min(numbers) < 0 or max(numbers) >= k:
        i, wrong = next((i, n) for i, n in enumerate(numbers) if not 0 <= n < k)
        raise ValueError(f"{what}: entry {i} is {wrong}; want class numbers from 0 to {k - 1}")
    return array.array("H", numbers)


def _logits_of(table: _Table, what: str, k: int) -> array.array[float]:
    """Return the entries as 32-bit reals, all finite."""
    if table.shape[1] != k:
        raise ValueError(f"{what}: {table.shape[1]} columns; want one for each of the {k} classes")
    logits: array.array[float] = array.array("f", table.values())
    if not math.isfinite(sum(logits)):
        i = next(i for i, v in enumerate(logits) if not math.isfinite(v))
        raise ValueError(f"{what}: row {i // k}, column {i % k} is {table.values()[i]}; want finite 32-bit numbers")
    return logits


def _are_probabilities(logits: array.array[float], k: int) -> bool:
    """Whether every row is in [0, 1] and adds up to 1 within 1e-3."""
    return all(min(row) >= 0 and max(row) <= 1 and abs(sum(row) - 1) <= 1e-3 for row in zip(*[iter(logits)] * k))


def _argmax(logits: array.array[float], k: int) -> array.array[int]:
    """Return the column of each row's largest entry, the first of equals."""
    return array.array("H", [row.index(max(row)) for row in zip(*[iter(logits)] * k)])


def _write_npy(folder: str, name: str, values: array.array[Any], shape: Tuple[int, ...]) -> str:
    """Write NumPy's file format, version 1.0, and return the name."""
    order = "<" if sys.byteorder == "little" else ">"
    descr = order + {"f": "f4", "H": "u2"}[values.typecode]
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"  # magic, version and length are 10 bytes
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("ascii"))
        values.tofile(file)
    return name


# --- the version of the code ---------------------------------------------------------


class _Edited(Exception):
    """A file is not any more what Python read: the version would name code that does not run."""


class _Home(NamedTuple):
    """Where the script's own files are: local is what lies in its folder, at any depth."""

    script: str
    root: str
    libraries: Tuple[str, ...]

    def holds(self, path: str) -> bool:
        """Whether a file is local. This one is not, wherever it lies."""
        if path == os.path.abspath(__file__) or path.startswith(self.libraries):
            return False
        if not path.startswith(os.path.join(self.root, "")):
            return False
        return not {"site-packages", "dist-packages"} & set(os.path.relpath(path, self.root).split(os.sep))

    def name(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")


def _home() -> Optional[_Home]:
    """Return where the script is, None if it is not a file."""
    main = sys.modules["__main__"]
    script = getattr(main, "__file__", None)
    if not script or not os.path.isfile(script):
        return None
    script = os.path.abspath(script)
    spec = getattr(main, "__spec__", None)  # python -m pkg.train counts from the folder of pkg
    root = os.path.dirname(script)
    for _ in range(spec.name.count(".") if spec else 0):
        root = os.path.dirname(root)
    libraries = [os.path.join(os.path.abspath(p), "") for k, p in sysconfig.get_paths().items() if k.endswith("lib")]
    return _Home(script, root, tuple(libraries))


class _Code:
    """The local files that this process runs, as they were when evenkeel was imported.

    Python reads a file once, perhaps minutes before evenkeel asks for the version; the
    version of a file that was edited in between would be a lie, which is kept for good.
    What cannot be seen is an edit after Python read the script and before it came to
    `import evenkeel`: milliseconds, if that is the first line.
    """

    def __init__(self) -> None:
        self._since = time.time_ns()
        self._loaded: Set[str] = set()
        self._files: Dict[str, str] = {}
        self.home = _home()
        self._fault: Optional[Exception] = None
        try:
            if self.home is not None:
                self._files, _ = _sources(self.home)
        except Exception as err:  # an import must not fail for it; runs(version=...) does without
            self._fault = err

    def version(self) -> str:
        """Hash the script, its local imports, and the versions of what they import from elsewhere.

        Imports are found by reading the files, so that one inside a function counts, and
        among the loaded modules, so that one by a computed name counts if it has happened.
        """
        if self._fault is not None:
            raise self._fault
        home = self.home
        if home is None:
            raise ValueError("the script is not a file whose changes could be seen: give evenkeel.runs a version")
        self._loaded = set(sys.modules)
        files, packages = _sources(home)
        for path, content in self._files.items():
            if (files.get(path) or _digest(path)) != content:
                raise _Edited(f"{home.name(path)} was edited while the program was starting; start again")
        for path in sorted(files.keys() - self._files.keys()):
            if _changed_since(path, self._since):
                raise _Edited(
                    f"{home.name(path)} was edited while the program was starting; start again, "
                    "or give evenkeel.runs a version if the program itself writes that file"
                )
        self._files = files
        digest = hashlib.sha256(b"python %d.%d\n" % sys.version_info[:2])
        for name in sorted(packages):
            version = getattr(sys.modules.get(name), "__version__", None)
            if isinstance(version, str):
                digest.update(f"package {name} {version}\n".encode())
        for path in sorted(files):
            digest.update(f"file {home.name(path)} {files[path]}\n".encode())
        return "sha256:" + digest.hexdigest()

    def check_late_imports(self) -> None:
        """Raise _Edited if a file was imported since the version was told, and is another by now."""
        if self.home is None:
            return
        late = [name for name in list(sys.modules) if name not in self._loaded]
        for name in late:
            file = getattr(sys.modules.get(name), "__file__", None)
            path = os.path.abspath(file) if isinstance(file, str) else ""
            if path in self._files and _digest(path) != self._files[path]:
                raise _Edited(f"{self.home.name(path)} was edited before the program imported it; start again")
        self._loaded.update(late)


def _digest(path: str) -> Optional[str]:
    """Return the hash of a file, None if it is gone."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return None


def _changed_since(path: str, then: int) -> bool:
    """Whether a file was changed, or replaced, after a time in nanoseconds, or perhaps was.

    File systems stamp with a clock that lags by up to 10 ms, some with whole seconds only.
    """
    stat = os.stat(path)
    stamps = (stat.st_mtime_ns, stat.st_ctime_ns)
    return any(stamp + (50_000_000 if stamp % 1_000_000_000 else 2_000_000_000) > then for stamp in stamps)


def _sources(home: _Home) -> Tuple[Dict[str, str], Set[str]]:
    """Return the local files that a script runs, with hashes, and the names of packages from elsewhere."""
    places = [home.root] + [p for p in (os.path.abspath(entry) for entry in sys.path) if home.holds(p)]
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    loaded = [os.path.abspath(file) for file in modules if isinstance(file, str)]
    packages: Set[str] = set()
    found: Dict[str, str] = {}
    waiting = [home.script] + [path for path in loaded if home.holds(path) and os.path.isfile(path)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        with open(path, "rb") as file:
            content = file.read()
        found[path] = hashlib.sha256(content).hexdigest()
        for level, module, names in _imports(content) if path.endswith(".py") or path == home.script else ():
            above = os.path.dirname(path)
            for _ in range(level - 1):
                above = os.path.dirname(above)
            bases = [above] if level else places
            hits = [hit for base in bases for hit in _files_of(base, module, names) if home.holds(hit)]
            waiting.extend(hits)
            if not hits and not level:
                packages.add(module.partition(".")[0])
    return found, packages - {__name__}


def _imports(content: bytes) -> Iterator[Tuple[int, str, List[str]]]:
    """Yield (dots, module, names) for the import statements of a Python file, wherever they stand."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return  # it cannot be imported either
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name, []
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", [alias.name for alias in node.names]


def _files_of(base: str, module: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the files under base that `from module import names` executes, packages included."""
    endings = [".py", *importlib.machinery.EXTENSION_SUFFIXES, os.sep + "__init__.py"]
    steps = module.split(".") if module else []
    stems = [os.path.join(base, *steps[: i + 1]) for i in range(len(steps))]
    stems += [os.path.join(base, *steps, name) for name in names]
    for path in [os.path.join(base, "__init__.py")] * (not steps) + [s + e for s in stems for e in endings]:
        if os.path.isfile(path):
            yield path


_CODE = _Code() if os.environ.get("EVENKEEL_PROTOCOL") else None
_PIPES = _take_pipes()
