"""python -m tests.kills.server: kill the embedded server or its client at random moments, and see what is left.

Each round runs one command, kills one process (-9) at a moment that is uniform within the command's
measured duration, and then demands that the command ended in time and without a trace, that the next one
works, and that what was committed is there. It prints how many kills fell into which phase.
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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine.server import server
from tests.embedded.servers import all_gone, command, eventually, run
from tests.kills import victims

_INSERT = ("sql", "begin insert into kept values (1); commit; end;")


@dataclass
class Killer:
    """Rounds of kills below `root`, where it keeps its databases."""

    root: Path
    seed: int
    phases: collections.Counter[tuple[str, str, str]] = field(default_factory=collections.Counter)

    def __post_init__(self) -> None:
        self.moments = random.Random(self.seed)
        self.own = self.root / "own"
        self.fresh = self.root / "fresh"
        assert run(self.own, "sql", "create table kept (n number)").returncode == 0
        self.kept = 0
        self.begun: dict[str, Callable[[], subprocess.Popen[str]]] = {
            "first start": lambda: command(self.fresh, "start"),
            "start": lambda: command(self.own, "start"),
            "stop": lambda: command(self.own, "stop"),
            "query": lambda: command(self.own, *_INSERT),
        }
        self.seconds: dict[str, float] = {}
        for name in self.begun:
            self._prepare(name)
            begun = time.monotonic()
            self.begun[name]().communicate(timeout=120)
            self.seconds[name] = time.monotonic() - begun
        self.kept = self._count()

    def round(self, number: int) -> None:
        """One kill, and a look at what it left. Raises AssertionError."""
        name = list(self.begun)[number % len(self.begun)]
        directory = self.fresh if name == "first start" else self.own
        self._prepare(name)
        process = self.begun[name]()
        time.sleep(self.moments.uniform(0, self.seconds[name]))
        phase = victims.phase(directory, process)
        there = victims.there(directory, process)
        victim = self.moments.choice(sorted(there)) if there else "nothing left"
        victims.kill(there.get(victim, []))
        self.phases[name, phase, victim] += 1
        _, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        assert process.returncode in (0, 1, -9), (process.returncode, err)
        if name == "first start":
            done = run(self.fresh, "sql", "select 1 as one from dual")
            assert done.returncode == 0, done.stderr
        else:
            count = self._count()
            assert count in (self.kept, self.kept + (name == "query")), (name, count, self.kept)
            assert name != "query" or process.returncode != 0 or count == self.kept + 1
            self.kept = count

    def finish(self) -> None:
        """Stop all; nothing of it may be left running."""
        for directory in (self.own, self.fresh):
            if directory.exists():
                server.stop(directory)
                eventually(lambda directory=directory: all_gone(directory))  # type: ignore[misc]

    def _prepare(self, name: str) -> None:
        if name == "first start":
            server.stop(self.fresh)
            eventually(lambda: all_gone(self.fresh))
            shutil.rmtree(self.fresh, ignore_errors=True)
        elif name == "stop":
            assert run(self.own, "start").returncode == 0
        elif name == "start":
            server.stop(self.own)

    def _count(self) -> int:
        done = run(self.own, "sql", "select count(*) as n from kept")
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[2])


def main() -> int:
    """Run as many rounds as were asked for; 1 where one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills.server", description=__doc__)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="rounds (default: 100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments (default: 1)")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as root:
        killer = Killer(Path(root), options.seed)
        for number in range(options.count):
            try:
                killer.round(number)
            except AssertionError as error:
                failed += 1
                print(f"round {number}: {error}", file=sys.stderr)
        killer.finish()
        print("  ".join(f"{name} {seconds:.2f} s" for name, seconds in killer.seconds.items()))
        for (name, phase, victim), count in sorted(killer.phases.items()):
            print(f"{count:5}  {name:12}  {phase:10}  {victim}")
    print(f"{options.count} rounds, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
