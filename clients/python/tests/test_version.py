"""The default version changes when the code does, and at no other time."""

from __future__ import annotations

import os
import shutil

from tests.trainer import CLIENT, Case

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
            trainer = self.command("-c", script)
            trainer.send(type="hello", protocol=1)
            if version:
                self.assertEqual(trainer.answer()["version"], "v1")
                self.assertEqual(trainer.bye(), 0)
            else:
                self.assertEqual(trainer.exit_status(), 1)
            self.assertIn(text, trainer.log())
