"""python -m tests.kills.commands: kill a command or its server at random moments, run it again, and compare.

Each command begins from a state of its own, which a template database keeps. A round brings that state back, runs
the command, kills one part of it or all (-9) at a moment that is uniform within the command's measured duration, and
runs it again. That one has to end well without any help, and the database has to hold what it holds after a run that
nobody killed (tests.kills.state says how two are compared); of an export the same is asked of the files.
"""

from __future__ import annotations

import argparse
import collections
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg

from engine.server import server, sessions
from loader import migrations
from loader.config import EmbeddedSettings
from loader.database import connect, embedded
from loader.sample import write_sample
from tests.embedded.servers import PROJECT, all_gone, command, eventually, run
from tests.kills import victims
from tests.kills.state import state
from tests.loader.earlier import early_files, fill
from tests.loader.tiny_model import write_tiny_model

IMAGES = 12
_REMOVED = 4
_SOURCE = ("--source", "cells")
_KFOLD = ("evaluate", "--method", "kfold", "--folds", "3", "--transform", "lda", "--any-part")
# Runs the command line with the models in a directory of this test's own.
_EXPORT = (
    "import sys; from pathlib import Path; from loader import cli; cli.MODELS_DIRECTORY = Path(sys.argv[1]);"
    " sys.exit(cli.main(['export', '--model', 'efficientnet-lite0']))"
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, the state it begins from, and what it says when it is run again after all was done."""

    state: str
    words: tuple[object, ...]
    done_already: str = ""


class Killer:
    """Rounds of kills of commands on one database below `base`."""

    def __init__(self, base: Path, seed: int) -> None:
        self.base = base
        self.own = base / "own"
        self.moments = random.Random(seed)
        self.phases: collections.Counter[tuple[str, str, str]] = collections.Counter()
        self.root, self.less, self.pictures = base / "root", base / "less", base / "pictures"
        self.model = write_tiny_model(base / "tiny.onnx")
        self._write_pictures()
        load = (self.root, "--model", self.model, "--workers", 2, *_SOURCE)
        self.commands = {
            "install": Command("empty", ("install",)),
            "upgrade": Command("early", ("install",)),
            "load": Command("installed", load),
            "prune": Command("loaded", (self.less, *load[1:], "--prune")),
            "evaluate": Command("loaded", _KFOLD),
            "fit": Command("loaded", ("fit", "cells", "--any-part")),
            "classify": Command(
                "loaded", ("classify", *sorted(self.pictures.iterdir()), "--model", self.model, "--k", 3)
            ),
            "index": Command("loaded", ("sql", "exec img_index.create_index"), "there is a vector index already"),
            "rebuild": Command("indexed", ("sql", "exec img_index.rebuild")),
        }
        self._make_states(load)
        self.seconds: dict[str, float] = {}
        self.clean: dict[str, Any] = {}

    def round(self, name: str) -> None:
        """One kill of the command `name`, and a look at what came of it. Raises AssertionError."""
        wanted = self.commands[name]
        if name not in self.clean:
            self.clean[name] = self._clean_run(name)
        self._restore(wanted.state)
        process = command(self.own, *wanted.words)
        time.sleep(self.moments.uniform(0, self.seconds[name]))
        phase = victims.phase(self.own, process)
        there = victims.there(self.own, process)
        victim = self.moments.choice(sorted(there)) if there else "nothing left"
        victims.kill(there.get(victim, []))
        self.phases[name, phase, victim] += 1
        out, err = process.communicate(timeout=120)
        told = f"{name}, {victim} killed, {phase}: "
        assert "Traceback" not in err, told + err
        assert process.returncode in (0, 1, -9), (told, process.returncode, out, err)
        begun = time.monotonic()
        done = run(self.own, *wanted.words)
        # The first run on a busy machine may have been a slow one.
        self.seconds[name] = min(self.seconds[name], time.monotonic() - begun)
        ended = done.returncode == 0 or (wanted.done_already and wanted.done_already in done.stderr)
        assert ended, told + done.stdout + done.stderr
        dictionary, contents = state(self.own)
        expected_dictionary, expected_contents = self.clean[name]
        for part, rows in expected_dictionary.items():
            assert dictionary[part] == rows, told + part
        for table, rows in expected_contents.items():
            assert contents[table] == rows, (
                f"{told}{table}: {contents[table] - rows} too many, {rows - contents[table]} missing"
            )

    def finish(self) -> None:
        """Stop the server; nothing of it may be left running."""
        server.stop(self.own)
        eventually(lambda: all_gone(self.own))

    def _clean_run(self, name: str) -> Any:
        wanted = self.commands[name]
        self._restore(wanted.state)
        begun = time.monotonic()
        done = run(self.own, *wanted.words)
        self.seconds[name] = time.monotonic() - begun
        assert done.returncode == 0, done.stdout + done.stderr
        return state(self.own)

    def _write_pictures(self) -> None:
        """The sample, the same without some of its labels, and pictures to classify."""
        write_sample(self.root, IMAGES)
        shutil.copytree(self.root, self.less)
        labels = sorted(self.less.rglob("*.json"))
        for path in labels[:_REMOVED]:
            path.unlink()
        self.pictures.mkdir()
        for path in sorted(self.root.rglob("*.png"))[:3]:
            shutil.copy(path, self.pictures)

    # states, each a database that is copied within the server

    def _make_states(self, load: tuple[object, ...]) -> None:
        server.start(self.own)
        with connect(EmbeddedSettings(self.own)):
            pass
        self._save("empty")
        with connect(EmbeddedSettings(self.own)) as database:
            migrations.install(database, directory=early_files(self.base), say=lambda _: None)
            fill(database, doubled=True)
        self._save("early")
        self._restore("empty")
        for name, words in (
            ("installed", ("install",)),
            ("loaded", load),
            ("indexed", ("sql", "exec img_index.create_index")),
        ):
            done = run(self.own, *words)
            assert done.returncode == 0, done.stdout + done.stderr
            self._save(name)

    def _save(self, name: str) -> None:
        with self._postgres() as connection:
            connection.execute(cast(Any, f"create database state_{name} template {embedded.DATABASE}"))

    def _restore(self, name: str) -> None:
        with self._postgres() as connection:
            connection.execute(cast(Any, f"drop database {embedded.DATABASE} with (force)"))
            connection.execute(cast(Any, f"create database {embedded.DATABASE} template state_{name}"))
            # PostgreSQL logs 32 numbers of a sequence ahead, and the copy would go back to those before in a recovery.
            connection.execute("checkpoint")

    @contextmanager
    def _postgres(self) -> Iterator[psycopg.Connection[Any]]:
        with sessions.connect(server.start(self.own), autocommit=True) as connection:
            yield connection


class ExportKiller:
    """Rounds of kills of an export, which has a directory of models and no database."""

    def __init__(self, base: Path, seed: int) -> None:
        self.models = base / "models"
        self.moments = random.Random(seed)
        self.phases: collections.Counter[tuple[str, str, str]] = collections.Counter()
        self.seconds: dict[str, float] = {}
        self.clean: dict[str, bytes] = {}

    def round(self, name: str) -> None:
        """One kill, and a look at what came of it. Raises AssertionError."""
        if not self.clean:
            begun = time.monotonic()
            self._export().communicate(timeout=300)
            self.seconds[name] = time.monotonic() - begun
            self.clean = self._files()
            assert list(self.clean) == ["efficientnet-lite0.onnx"]
        shutil.rmtree(self.models)
        process = self._export()
        time.sleep(self.moments.uniform(0, self.seconds[name]))
        phase = "ended" if process.poll() is not None else "writing" if self._drafts() else "no file yet"
        process.kill()
        process.communicate()
        self.phases[name, phase, "client"] += 1
        found = self._files()
        assert all(self.clean[path] == content for path, content in found.items() if not path.startswith(".")), phase
        process = self._export()
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        assert self._files() == self.clean, f"{phase}: {sorted(self._files())}"

    def _export(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _EXPORT, str(self.models)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _drafts(self) -> list[Path]:
        return list(self.models.glob(".*"))

    def _files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.models)): path.read_bytes()
            for path in sorted(self.models.rglob("*"))
            if path.is_file()
        }


def main() -> int:
    """Run as many rounds as were asked for; 1 where one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills.commands", description=__doc__)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="rounds (default: 100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments (default: 1)")
    parser.add_argument("--only", action="append", metavar="COMMAND", help="this command alone; may be repeated")
    options = parser.parse_args()
    done = failed = 0
    with tempfile.TemporaryDirectory(prefix="kills-", ignore_cleanup_errors=True) as directory:
        base = Path(directory)
        base.chmod(0o755)
        killer, exporter = Killer(base, options.seed), ExportKiller(base, options.seed)
        names = options.only or [*killer.commands, "export"]
        try:
            for number in range(options.count):
                name = names[number % len(names)]
                try:
                    (exporter if name == "export" else killer).round(name)
                except AssertionError as error:
                    failed += 1
                    print(f"round {number}: {error}", file=sys.stderr, flush=True)
                done += 1
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
        finally:
            killer.finish()
            _report(killer.seconds | exporter.seconds, killer.phases + exporter.phases)
            print(f"{done} rounds, {failed} failed", flush=True)
    return 1 if failed else 0


def _report(seconds: dict[str, float], phases: collections.Counter[tuple[str, str, str]]) -> None:
    """Print how long each command takes, and how many kills of which part fell into which of its phases."""
    print("  ".join(f"{name} {taken:.2f} s" for name, taken in seconds.items()))
    for (name, phase, victim), count in sorted(phases.items()):
        print(f"{count:5}  {name:9}  {phase:20}  {victim}")


if __name__ == "__main__":
    sys.exit(main())
