"""The default version changes when the code does, and at no other time."""

from __future__ import annotations

import os
import shutil
import time

from tests.trainer import CLIENT, PATIENCE, Case, Trainer

SCRIPT = """
    import evenkeel
    import layers
    from models import resnet
    for run in evenkeel.runs(["a", "b"], "d"):
        from late import schedule
        run.error("no")
"""


class Version(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("layers.py", "SIZE = 3\n")
        self.write("late.py", "import deeper.down\nschedule = 1\n")
        self.write("deeper/__init__.py", "")
        self.write("deeper/down.py", "from . import sibling\nfrom .. import top\n")
        self.write("deeper/sibling.py", "import importlib\nimport json\n")
        self.write("models/__init__.py", "DEPTH = 8\n")
        self.write("models/resnet.py", "from .blocks import Block\nfrom . import parts as p\n")
        self.write("models/blocks.py", "class Block: pass\n")
        self.write("models/parts/__init__.py", "")
        self.write("models/unused.py", "")
        self.write("other.py", "")
        self.write("data.txt", "")

    def version(self, script: str = SCRIPT, **env: str) -> str:
        trainer = self.trainer(script, **env)
        version = trainer.hello()["version"]
        self.assertEqual(trainer.bye(), 0)
        assert isinstance(version, str)
        return version

    def test_what_changes_it(self) -> None:
        before = self.version()
        self.assertEqual(self.version(), before)
        for name in ("layers.py", "late.py", "deeper/__init__.py", "deeper/down.py", "deeper/sibling.py",
                     "models/__init__.py", "models/resnet.py", "models/blocks.py", "models/parts/__init__.py"):
            with open(os.path.join(self.folder, name), "a", encoding="utf-8") as file:
                file.write("# changed\n")
            after = self.version()
            self.assertNotEqual(after, before, name)
            before = after
        self.assertNotEqual(self.version(SCRIPT + "    # changed\n"), before)

    def test_what_does_not(self) -> None:
        before = self.version()
        for name in ("models/unused.py", "other.py", "data.txt", "lib/python3/site-packages/x.py"):
            self.write(name, "changed = True\n")
            self.assertEqual(self.version(), before, name)
        shutil.copy(os.path.join(CLIENT, "evenkeel.py"), self.folder)
        self.assertEqual(self.version(), before, "a copy of the client beside the script")

    def test_it_does_not_depend_on_the_place(self) -> None:
        before = self.version()
        folder = self.folder
        self.folder = os.path.join(folder, "elsewhere")
        shutil.copytree(folder, self.folder)
        self.assertEqual(self.version(), before)

    def test_an_import_by_a_computed_name_counts_once_it_has_happened(self) -> None:
        script = 'import importlib\nimportlib.import_module("oth" + "er")\n' + "import evenkeel\n" \
                 'for run in evenkeel.runs(["a", "b"], "d"):\n    pass\n'
        before = self.version(script)
        self.write("other.py", "changed = True\n")
        self.assertNotEqual(self.version(script), before)

    def test_a_folder_added_to_the_path(self) -> None:
        script = 'import sys\nsys.path.insert(0, "src")\nimport net\nimport evenkeel\n' \
                 'for run in evenkeel.runs(["a", "b"], "d"):\n    import lazy\n'
        self.write("src/net.py", "")
        self.write("src/lazy.py", "")
        before = self.version(script)
        self.write("src/lazy.py", "changed = True\n")
        self.assertNotEqual(self.version(script), before)

    def test_versions_of_packages(self) -> None:
        packages = os.path.join(self.folder, "lib", "site-packages")
        self.write("lib/site-packages/framework.py", '__version__ = "1.0"\n')
        script = 'import framework, evenkeel\nfor run in evenkeel.runs(["a", "b"], "d"):\n    pass\n'
        path = os.pathsep.join([CLIENT, packages])
        before = self.version(script, PYTHONPATH=path)
        self.write("lib/site-packages/framework.py", '__version__ = "1.0"\nchanged = True\n')
        self.assertEqual(self.version(script, PYTHONPATH=path), before)
        self.write("lib/site-packages/framework.py", '__version__ = "1.1"\n')
        self.assertNotEqual(self.version(script, PYTHONPATH=path), before)

    def test_a_module_run_by_its_name(self) -> None:
        self.write("package/__init__.py", "")
        self.write("package/train.py", 'import evenkeel\nfrom . import net\nimport layers\n'
                                       'for run in evenkeel.runs(["a", "b"], "d"):\n    pass\n')
        self.write("package/net.py", "")
        versions = []
        for name in ("package/train.py", "package/net.py", "layers.py", "package/__init__.py"):
            trainer = self.command("-m", "package.train")
            versions.append(trainer.hello()["version"])
            self.assertEqual(trainer.bye(), 0)
            with open(os.path.join(self.folder, name), "a", encoding="utf-8") as file:
                file.write("# changed\n")
        versions.append(self.command("-m", "package.train").hello()["version"])
        self.assertEqual(len(set(versions)), 5)

    def test_without_a_file_a_version_is_needed(self) -> None:
        for version, text in (("", "give evenkeel.runs a version"), ("v1", "")):
            script = f'import evenkeel; [0 for run in evenkeel.runs(["a", "b"], "d", version="{version}")]'
            answer = self.command("-c", script).hello()
            self.assertEqual(answer["type"], "ready" if version else "error")
            self.assertIn(text, answer.get("message", ""))


class Editing(Case):
    """Python has read a file, and then it is edited: its new version is not what runs."""

    SCRIPT = """
        import evenkeel, importlib, os, sys, time
        import layers
        print("started", flush=True)
        while not os.path.exists("go"):  # as if it loaded its data
            time.sleep(0.01)
        {then}
        for run in evenkeel.runs(["a", "b"], "d"{arguments}):
            from late import schedule
            run.result(val=[[1, 0], [0, 1]])
    """

    def setUp(self) -> None:
        super().setUp()
        self.write("layers.py", "SIZE = 3\n")
        self.write("late.py", "schedule = 1\n")
        self.write("computed.py", "")

    def starting(self, then: str = "", arguments: str = "", **env: str) -> Trainer:
        """Return a trainer that waits for the file go, as it loads its data."""
        go = os.path.join(self.folder, "go")
        if os.path.exists(go):
            os.remove(go)
        trainer = self.trainer(self.SCRIPT.format(then=then, arguments=arguments), **env)
        deadline = time.monotonic() + PATIENCE
        while "started" not in trainer.log() and time.monotonic() < deadline:
            time.sleep(0.01)
        return trainer

    def append(self, name: str) -> None:
        with open(os.path.join(self.folder, name), "a", encoding="utf-8") as file:
            file.write("# edited\n")

    def age(self, name: str) -> None:
        """Wait until a file is older than what may count as new."""
        path = os.path.join(self.folder, name)
        while time.time_ns() < os.stat(path).st_ctime_ns + 100_000_000:
            time.sleep(0.01)

    def test_an_edit_while_it_starts(self) -> None:
        for name in ("train.py", "layers.py", "late.py"):
            trainer = self.starting()
            self.append(name)
            self.write("go", "")
            answer = trainer.hello()
            self.assertEqual(answer, {
                "type": "error", "message": f"{name} was edited while the program was starting; start again"})
            self.assertEqual(trainer.exit_status(), 1)
            self.assertNotIn("Traceback", trainer.log())

    def test_an_edit_that_keeps_the_date(self) -> None:
        trainer = self.starting()
        stat = os.stat(self.write("other.py", "SIZE = 4\n"))
        os.replace(os.path.join(self.folder, "other.py"), os.path.join(self.folder, "layers.py"))
        os.utime(os.path.join(self.folder, "layers.py"), ns=(stat.st_atime_ns, stat.st_mtime_ns - 10**12))
        self.write("go", "")
        self.assertIn("layers.py was edited", trainer.hello()["message"])

    def test_a_file_that_is_gone(self) -> None:
        trainer = self.starting()
        os.remove(os.path.join(self.folder, "late.py"))
        self.write("go", "")
        self.assertIn("late.py was edited", trainer.hello()["message"])

    def test_a_file_that_is_first_seen_late(self) -> None:
        then = "importlib.import_module('comp' + 'uted')"
        self.age("computed.py")
        before = self.starting(then)
        self.write("go", "")
        self.assertEqual(before.hello()["type"], "ready", "nothing was edited")
        trainer = self.starting(then)
        self.append("computed.py")
        self.write("go", "")
        self.assertIn("computed.py was edited while the program was starting; start again, or give evenkeel.runs a "
                      "version", trainer.hello()["message"])

    def test_no_false_alarm(self) -> None:
        first = self.starting()
        self.write("go", "")
        version = first.hello()["version"]
        for name in ("computed.py", "data.csv", "__pycache__/layers.pyc"):
            trainer = self.starting(then="open('made.csv', 'w').write('1,2'); open('made.py', 'w').write('x = 1')")
            self.write(name, "changed = True\n")  # nothing that it runs
            os.utime(os.path.join(self.folder, "layers.py"))  # touched, not edited
            self.write("go", "")
            ready = trainer.hello()
            self.assertEqual(ready["type"], "ready", ready)
            self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result")
        again = self.starting()
        self.write("go", "")
        self.assertEqual(again.hello()["version"], version)

    def test_a_version_of_the_scripts_own_is_taken_as_it_is(self) -> None:
        trainer = self.starting(arguments=', version="7"')
        self.append("layers.py")
        self.write("go", "")
        self.assertEqual(trainer.hello()["version"], "7")

    def test_an_edit_before_an_import_inside_the_loop(self) -> None:
        trainer = self.starting()
        self.write("go", "")
        self.assertEqual(trainer.hello()["type"], "ready")
        self.append("late.py")
        answer = trainer.ask(class_weights=[1, 1])
        self.assertEqual(answer["message"], "late.py was edited before the program imported it; start again")
        self.assertIs(answer["exiting"], True)
        self.assertEqual(trainer.exit_status(), 1)

    def test_an_edit_after_all_was_imported(self) -> None:
        trainer = self.starting()
        self.write("go", "")
        trainer.hello()
        self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result")
        for name in ("train.py", "layers.py", "late.py"):
            self.append(name)
        self.assertEqual(trainer.ask(class_weights=[1, 1])["type"], "result", "the old code runs on")
        self.assertEqual(trainer.bye(), 0)

    def test_other_ranks_look_too(self) -> None:
        trainer = self.starting(arguments=", broadcast=lambda value: value", RANK="1")
        self.append("layers.py")
        self.write("go", "")
        self.assertEqual(trainer.exit_status(), 1)
        self.assertIn("layers.py was edited while the program was starting", trainer.log())
