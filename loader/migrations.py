"""Installs the files of db/ into the database, each once or whenever it changed."""

from __future__ import annotations

import hashlib
import re
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from engine.errors import SourceError
from engine.lexer import Kind as TokenKind
from engine.lexer import tokenize
from engine.script import Statement, StatementKind, split
from loader import terminal
from loader.config import DB_DIRECTORY
from loader.database import Database, DatabaseError, Invalid

_VERSIONED = re.compile(r"V(\d+)__[a-z0-9_]+\.sql")
_NOT_INSTALLED = 6550
_LOCKED = 54
# What bootstrap/adopt_image_demo1.sql raises, with what to do.
_REFUSED = 20198
Say = Callable[[str], None]


class MigrationError(Exception):
    """The files and the history do not fit together, or a file failed; the message says how to mend it."""


class Kind(Enum):
    """How a file is applied."""

    BOOTSTRAP = "BOOTSTRAP"
    VERSIONED = "VERSIONED"
    REPEATABLE = "REPEATABLE"


@dataclass(frozen=True, slots=True)
class File:
    """A file of db/. `name` is its path below db/; `version` belongs to a versioned file."""

    name: str
    kind: Kind
    text: str
    version: int | None = None

    def checksum(self, context: str = "") -> str:
        """SHA-256 of the text, and of `context` where what it becomes depends on more than the text."""
        return hashlib.sha256((self.text + context).encode()).hexdigest()

    def statements(self) -> tuple[Statement, ...]:
        """The statements of the file, without SQL*Plus commands such as PROMPT."""
        return _statements(self.text, self.name)


@lru_cache(maxsize=256)
def _statements(text: str, name: str) -> tuple[Statement, ...]:
    """Asked for where a file is run, and again where it is recorded."""
    return tuple(statement for statement in split(text, name) if statement.kind is not StatementKind.COMMAND)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history; the fields are img_history.entries' columns."""

    kind: str
    version: int | None
    file_name: str
    checksum: str | None
    installed_by: str
    installed_at: str
    duration_ms: int
    success: int
    statements_done: int
    statements_digest: str | None
    error_text: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A file to apply and why; `skip` statements of it were applied by an earlier run that failed."""

    file: File
    reason: str
    skip: int = 0


@dataclass(slots=True)
class Plan:
    """What an installation would do, with the history it rests on.

    `context` goes into the checksums of views and packages, see _context.
    """

    steps: list[Step] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    adopted: list[File] = field(default_factory=list)
    context: str = ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise MigrationError(f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8") from error
    except OSError as error:
        raise MigrationError(f"{path}: {error.strerror}") from error


def read_files(directory: Path = DB_DIRECTORY) -> list[File]:
    """The files of `directory` in the order they are applied.

    Bootstrap files, versioned ones by number, then specs and views, each after those it names, then
    bodies. Raises MigrationError for a gap, a duplicate or a bad name.
    """
    if not directory.is_dir():
        raise MigrationError(f"{directory} is not a directory: the database files are missing")
    bootstrap = [
        File(f"bootstrap/{path.name}", Kind.BOOTSTRAP, _read(path))
        for suffix in (".sql", ".pks", ".pkb")
        for path in sorted((directory / "bootstrap").glob("*" + suffix))
    ]
    return bootstrap + _versioned(directory / "migrations") + _repeatable(directory)


def _versioned(directory: Path) -> list[File]:
    files: dict[int, File] = {}
    for path in sorted(directory.glob("*.sql")):
        match = _VERSIONED.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path}: a migration must be named like V001__what_it_does.sql: rename it")
        version = int(match[1])
        if version in files:
            raise MigrationError(
                f"two migrations have version {version}, {files[version].name} and migrations/{path.name}: "
                f"give one of them the number {_next(directory):03d}"
            )
        files[version] = File(f"migrations/{path.name}", Kind.VERSIONED, _read(path), version)
    for expected, version in enumerate(sorted(files), start=1):
        if version != expected:
            raise MigrationError(
                f"migration V{expected:03d} is missing, {files[version].name} is the next: "
                f"restore it from version control (git log --all -- 'db/migrations/V{expected:03d}__*')"
            )
    return [files[version] for version in sorted(files)]


def read_checksums(directory: Path = DB_DIRECTORY) -> dict[str, list[str]]:
    """The checksums of migrations/CHECKSUMS by file name below db/, those of today's contents last.

    An earlier one belongs to a content that was released once: a database that has it need not be given the file
    again, since a later migration brings what it lacks. Empty where there is no such list.
    """
    path = directory / "migrations" / "CHECKSUMS"
    checksums: dict[str, list[str]] = {}
    if path.exists():
        for line in _read(path).splitlines():
            words = line.partition("#")[0].split()
            if words:
                checksums.setdefault(f"migrations/{words[1]}", []).append(words[0])
    return checksums


def _next(directory: Path) -> int:
    numbers = [int(match[1]) for path in directory.glob("*.sql") if (match := _VERSIONED.fullmatch(path.name))]
    return max(numbers, default=0) + 1


def _repeatable(directory: Path) -> list[File]:
    paths = [*sorted((directory / "packages").glob("*.pk[sb]")), *sorted((directory / "views").glob("*.sql"))]
    files = [File(f"{path.parent.name}/{path.name}", Kind.REPEATABLE, _read(path)) for path in paths]
    bodies = [file for file in files if file.name.endswith(".pkb")]
    return _by_dependency([file for file in files if file not in bodies]) + bodies


def _by_dependency(files: list[File]) -> list[File]:
    """Specs and views so that each comes after those it names, specs first where both could."""
    by_object = {Path(file.name).stem: file for file in files}
    graph: dict[str, set[str]] = {}
    for name, file in sorted(by_object.items()):
        try:
            words = {token.value for token in tokenize(file.text, file.name) if token.kind is TokenKind.WORD}
        except SourceError as error:
            raise MigrationError(f"{file.name}:{error.line}:{error.column}: {error.message}") from error
        graph[name] = (words & by_object.keys()) - {name}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        raise MigrationError(f"these files need each other: {', '.join(error.args[1])}") from error
    ordered: list[File] = []
    while sorter.is_active():
        ready = sorted((by_object[name] for name in sorter.get_ready()), key=lambda file: file.name)
        ordered += ready
        sorter.done(*(Path(file.name).stem for file in ready))
    return ordered


def read_history(database: Database) -> list[Entry] | None:
    """The history, oldest first; None where nothing was ever installed."""
    try:
        return [Entry(*row) for row in database.rows("img_history.entries")]
    except DatabaseError as error:
        if error.code == _NOT_INSTALLED:
            database.rollback()
            return None
        raise


def _latest(history: list[Entry], name: str) -> Entry | None:
    return next((entry for entry in reversed(history) if entry.file_name == name), None)


def _context(database: Database, files: list[File]) -> str:
    """What a repeatable file's outcome depends on beside its text.

    Oracle compiles what became invalid by itself. The embedded engine translates a file against
    the tables, specs and views there are, so it is applied again when any of them changes.
    """
    if not database.fingerprint:
        return ""
    return database.fingerprint + "".join(file.text for file in files if not file.name.endswith(".pkb"))


def make_plan(database: Database, directory: Path = DB_DIRECTORY) -> Plan:
    """Compare files and history.

    Raises MigrationError for an applied migration that was edited, and for a history that knows
    migrations which the files do not have.
    """
    files = read_files(directory)
    history = read_history(database)
    checksums = read_checksums(directory)
    plan = Plan(history=history or [], context=_context(database, files))
    for file in files:
        step = None
        if file.kind is Kind.VERSIONED:
            step = _versioned_step(file, plan, checksums.get(file.name, []), database.transactional_ddl)
        else:
            step = _repeatable_step(
                file, plan.history, plan.context if file.kind is Kind.REPEATABLE else database.fingerprint
            )
        if step is not None:
            plan.steps.append(step)
    known = {file.name for file in files}
    versions: dict[int | None, str] = {file.version: file.name for file in files if file.version}
    for entry in plan.history:
        if entry.kind == Kind.VERSIONED.value and entry.file_name not in known:
            other = versions.get(entry.version)
            if other:
                raise MigrationError(
                    f"{entry.file_name} was applied on {entry.installed_at} and is now called {other}: "
                    f"give the file its old name back (mv db/{other} db/{entry.file_name})"
                )
            raise MigrationError(
                f"the database is newer than these files: it has {entry.file_name}, applied on {entry.installed_at}: "
                "update the files (git pull)"
            )
    return plan


def _versioned_step(file: File, plan: Plan, released: list[str], transactional: bool) -> Step | None:
    entry = _latest(plan.history, file.name)
    if entry is None:
        return Step(file, "new")
    if entry.success:
        if entry.checksum is None:
            plan.adopted.append(file)
        elif entry.checksum != file.checksum() and entry.checksum not in released:
            raise MigrationError(
                f"{file.name} was edited after it was applied on {entry.installed_at}: "
                f"undo the edit (git checkout -- db/{file.name}) and put the change into a new migration"
            )
        return None
    if transactional or entry.statements_done == 0:
        return Step(file, "failed before, nothing of it was kept")
    if _digest(file.statements()[: entry.statements_done]) != entry.statements_digest:
        raise MigrationError(
            f"{file.name} failed after {entry.statements_done} of its statements, which were edited since: "
            f"undo the edit of those (git diff -- db/{file.name}); the failed one and what follows may change"
        )
    return Step(file, f"failed before, goes on at statement {entry.statements_done + 1}", entry.statements_done)


def _repeatable_step(file: File, history: list[Entry], context: str) -> Step | None:
    entry = _latest(history, file.name)
    if entry is None:
        return Step(file, "new")
    if not entry.success:
        return Step(file, "failed before")
    if entry.checksum != file.checksum(context):
        return Step(file, "changed")
    return None


def _digest(statements: Sequence[Statement]) -> str:
    return hashlib.sha256("\0".join(statement.text for statement in statements).encode()).hexdigest()


@contextmanager
def _lock(database: Database, say: Say, wait_s: float) -> Iterator[None]:
    """Hold the installation lock in a session of its own: DDL ends the transaction of the other."""
    with database.another() as holder:
        deadline = time.monotonic() + wait_s
        told = False
        while True:
            try:
                holder.call("img_history.acquire_lock")
                break
            except DatabaseError as error:
                holder.rollback()
                if error.code != _LOCKED:
                    raise
                if time.monotonic() >= deadline:
                    raise MigrationError(
                        f"another installation has been running for {wait_s:.0f} s: wait for it, or end its session"
                    ) from error
                if not told:
                    say("another installation is running: waiting for it")
                    told = True
                time.sleep(0.2)
        try:
            yield
        finally:
            holder.rollback()


def install(database: Database, *, directory: Path = DB_DIRECTORY, say: Say = terminal.say, wait_s: float = 300) -> int:
    """Apply what is pending; the number of files applied.

    Raises MigrationError where files and history do not fit together, a statement fails or an
    object stays invalid. On the embedded engine a file that failed has changed nothing; on Oracle,
    where DDL commits, the statements before the failing one stay, and the next run goes on there.
    """
    if not database.owns_schema:
        raise MigrationError("only the owner of the schema can install: connect as that user, without PYTHON_SCHEMA")
    missing = database.missing_prerequisites()
    if missing:
        raise MigrationError(
            "the database lacks what an installation needs:\n" + "\n".join(f"  - {m}" for m in missing)
        )
    with database.waiting_for_locks(wait_s):
        return _install(database, directory, say, wait_s)


def _install(database: Database, directory: Path, say: Say, wait_s: float) -> int:
    applied = _bootstrap(database, directory, say)
    with _lock(database, say, wait_s):
        plan = make_plan(database, directory)
        for file in plan.adopted:
            database.call(
                "img_history.add_entry",
                p_kind=file.kind.value,
                p_file_name=file.name,
                p_version=file.version,
                p_checksum=file.checksum(),
            )
        database.commit()
        for step in plan.steps:
            _apply(database, step, plan.context if step.file.kind is Kind.REPEATABLE else "", say)
            applied += 1
        check_valid(database)
    return applied


def check_valid(database: Database) -> None:
    """Compile what is invalid; raises MigrationError with the errors of what stays so."""
    invalid: list[Invalid] = database.recompile()
    if invalid:
        raise MigrationError("these objects do not compile:\n" + _indented(*(item.report() for item in invalid)))


def _indented(*texts: str) -> str:
    return textwrap.indent("\n".join(texts), "  ")


def invalid_units(database: Database, directory: Path = DB_DIRECTORY) -> list[Invalid]:
    """The product's packages and views that do not compile as they stand."""
    ours = {Path(file.name).stem.upper() for file in read_files(directory)}
    return [item for item in database.invalid() if item.name in ours]


def _execute(database: Database, file: File, statement: Statement, output: Say | None = None) -> None:
    """Run a statement of a file; a unit that was created and does not compile has failed as well."""
    result = database.execute(statement.text, source=file.name, line=statement.line, output=output)
    if result.invalid is not None:
        raise DatabaseError(
            "created with compilation errors:\n" + _indented(result.invalid.report()),
            source=file.name,
            line=statement.line,
        )


def _bootstrap(database: Database, directory: Path, say: Say) -> int:
    """Make or renew the history itself, which can not be planned from it, and adopt what is there before it.

    What is there may change for as long as no migration has been applied.
    """
    files = [file for file in read_files(directory) if file.kind is Kind.BOOTSTRAP]
    history = read_history(database) or []
    steps = [step for file in files if (step := _repeatable_step(file, history, database.fingerprint))]
    begun = any(entry.kind == Kind.VERSIONED.value and entry.success for entry in history)
    if not steps and begun:
        return 0
    for attempt in (1, 2):
        try:
            for file in files:
                for statement in file.statements():
                    _execute(database, file, statement, say)
            database.commit()
            break
        except DatabaseError as error:
            database.rollback()
            if error.code == _REFUSED:
                raise MigrationError(f"{error.message}\nthen run the installation again") from error
            # Two first installations at once: the other one was quicker, and the files can be repeated.
            if attempt == 2:
                raise MigrationError(f"the installation can not begin: {error.report()}") from error
    for file in files:
        _record(database, file, database.fingerprint, 0, True, len(file.statements()), None)
        say(f"applied {file.name}")
    database.commit()
    return len(files)


def _apply(database: Database, step: Step, context: str, say: Say) -> None:
    file = step.file
    begun = time.monotonic()
    try:
        statements = file.statements()
    except SourceError as error:
        raise MigrationError(f"{file.name}:{error.line}:{error.column}: {error.message}") from error
    if step.skip:
        say(f"{file.name} failed before: going on at statement {step.skip + 1} of {len(statements)}")
    done = step.skip
    for statement in statements[step.skip :]:
        if not statement.terminated:
            end = "/" if statement.kind is StatementKind.PLSQL else ";"
            _failed(database, file, context, begun, done, f"line {statement.line}: the statement is not ended by {end}")
        try:
            _execute(database, file, statement)
        except DatabaseError as error:
            _failed(database, file, context, begun, done, error.report())
        done += 1
    _record(database, file, context, begun, True, done, None)
    database.commit()
    say(f"applied {file.name} ({step.reason}), {(time.monotonic() - begun) * 1000:.0f} ms")


def _failed(database: Database, file: File, context: str, begun: float, done: int, error: str) -> None:
    """Undo or keep what was done, note it, and raise."""
    if database.transactional_ddl:
        database.rollback()
        done = 0
    else:
        database.commit()
    _record(database, file, context, begun, False, done, error)
    database.commit()
    kept = f"its {done} statements before that stay; " if done else ""
    raise MigrationError(f"{file.name} failed: {error}\n{kept}correct it and run the installation again")


def _record(
    database: Database, file: File, context: str, begun: float, success: bool, done: int, error: str | None
) -> None:
    database.call(
        "img_history.add_entry",
        p_kind=file.kind.value,
        p_file_name=file.name,
        p_version=file.version,
        p_checksum=file.checksum(context),
        p_duration_ms=round((time.monotonic() - begun) * 1000) if begun else 0,
        p_success=int(success),
        p_statements_done=done,
        p_statements_digest=_digest(file.statements()[:done]),
        p_error_text=error,
    )
