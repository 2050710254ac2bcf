"""The commands of SQL*Plus that the client knows: SQL*Plus User's Guide, "SQL*Plus Command Reference"."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from loader.client import describe, settings
from loader.client.binds import NONE_DECLARED, BindError
from loader.client.leaving import CONTINUES, EXITS, Action, Cause, Leave, exit_action, whenever
from loader.client.names import command_of
from loader.client.settings import SettingError
from loader.client.words import unquoted, whole, words_of
from loader.database import CompileError, DatabaseError

if TYPE_CHECKING:
    from loader.client.client import Client, Script

HELP = """\
SQL statements end with ; and PL/SQL blocks with a line that holds only /
  describe NAME                 a table, view, package, procedure or function
  exec PROCEDURE[(ARGUMENTS)]   call a procedure
  /   run   list                repeat the last statement, with its text, show its text
  show errors|user|OPTION|all   compile errors, the user, what SET has set
  variable NAME TYPE [= VALUE]  a bind variable, used as :NAME; print [NAME] shows it, a REFCURSOR as a table
  define NAME = VALUE           a substitution variable, used as &NAME or &&NAME; undefine NAME; accept NAME
  @FILE [ARGUMENTS]             run a script, its arguments are &1, &2 ...; @@FILE: one beside the script
  whenever sqlerror|oserror exit|continue
  spool FILE [append]|off       write what is shown to a file too
  prompt TEXT   remark TEXT     show a line; a comment
  set OPTION VALUE              autoprint, define, echo, feedback, heading, linesize, long, null, pagesize,
                                serveroutput, sqlformat csv|json|default, termout, timing, verify
  exit [STATUS]                 commit, and leave (Ctrl-D too)
A line that ends with - goes on in the next one. EXIT and WHENEVER ... EXIT take a status (success, failure, warning,
a number from 0 to 255, sql.sqlcode, :VARIABLE) and commit or rollback."""

_NESTED_FILES = 20
_VARIABLE = re.compile(r"(?P<name>[\w$#]+)\s*(?P<equals>=\s*(?P<value>.*))?", re.DOTALL)
_ACCEPT = re.compile(
    r"(?P<name>[\w$#]+)(?:\s+(?:num|number|char|date|binary_float|binary_double))?"
    r"(?:\s+for(?:m|ma|mat)?\s+\S+)?(?:\s+def(?:a|au|aul|ault)?\s+(?P<default>'[^']*'|\"[^\"]*\"|\S+))?"
    r"(?:\s+(?:prompt\s+(?P<prompt>'[^']*'|\"[^\"]*\"|\S+)|nopr(?:o|om|omp|ompt)?))?(?P<hide>\s+hide)?",
    re.IGNORECASE,
)
_UNITS = ("FUNCTION", "PROCEDURE", "PACKAGE", "PACKAGE BODY", "TRIGGER", "VIEW", "TYPE", "TYPE BODY")


class CommandError(Exception):
    """A command that can not be run, and why."""

    def __init__(self, message: str, cause: Cause = Cause.COMMAND) -> None:
        super().__init__(message)
        self.cause = cause


def run(client: Client, text: str, script: Script, line: int) -> None:
    """Run a command that stands at this line. Raises Leave."""
    name, argument = command_of(text) or ("", "")
    if name not in ("prompt", "remark", "execute"):
        argument = argument.rstrip("; \t")
    try:
        command = _COMMANDS.get(name)
        if command is None:
            raise CommandError(_unavailable(name))
        command(client, argument, script, line)
    except CommandError as error:
        client.fail(f"{script.place(line)}{error}", error.cause)
    except (BindError, SettingError) as error:
        client.fail(f"{script.place(line)}{error}")
    except DatabaseError as error:
        client.fail(f"{script.place(line)}{error.report()}", Cause.SQL)


def _unavailable(name: str) -> str:
    text = f"SP2-0382: The {name.upper()} command is not available"
    if name in ("connect", "disconnect", "password"):
        return f"{text}: the session is the environment's (PYTHON_USERNAME and the like), for as long as it lasts"
    return text


# statements


def _execute(client: Client, argument: str, script: Script, line: int) -> None:
    body = argument.rstrip().rstrip(";")
    if not body:
        raise CommandError("EXECUTE needs a statement: exec img_classify.validate_loo")
    client.execute(f"begin {body}; end;", script, line)


def _run(client: Client, _argument: str, script: Script, line: int) -> None:
    if client.buffer:
        _list(client, "", script, line)
    client.repeat(script, line)


def _list(client: Client, argument: str, _script: Script, _line: int) -> None:
    lines = client.buffer.split("\n") if client.buffer else []
    if not lines:
        raise CommandError("SP2-0223: No lines in SQL buffer.")
    last = len(lines)
    numbers = []
    for word in argument.lower().split():
        number = last if word in ("*", "last") else whole(word) or 0
        if not 1 <= number <= last:
            raise CommandError(f"SP2-0226: Invalid line number {word}: the statement has {last}")
        numbers.append(number)
    first, end = (1, last) if not numbers else (numbers[0], numbers[-1])
    for number in range(first, end + 1):
        mark = "*" if number == last else " "
        client.output.line(f"{number:>3}{mark} {lines[number - 1]}")


def _describe(client: Client, argument: str, _script: Script, _line: int) -> None:
    if not argument:
        raise CommandError("Usage: DESCRIBE [schema.]object[.routine]")
    found = client.database.describe(argument)
    if found is None:
        raise CommandError(f"ORA-04043: Object {argument.upper()} does not exist.")
    for text in describe.described(found):
        client.output.line(text)


# variables


def _variable(client: Client, argument: str, _script: Script, _line: int) -> None:
    for text in client.binds.declare(argument):
        client.output.line(text)


def _print(client: Client, argument: str, script: Script, line: int) -> None:
    names = argument.replace(",", " ").replace(":", " ").split() or client.binds.names()
    if not names:
        client.output.line(NONE_DECLARED)
    for name in names:
        try:
            client.print_bind(name)
        except BindError as error:  # the others are shown all the same
            client.fail(f"{script.place(line)}{error}")


def _define(client: Client, argument: str, _script: Script, _line: int) -> None:
    if not argument:
        for name, value in client.variables.all().items():
            client.output.line(_definition(name, value))
        return
    found = _VARIABLE.fullmatch(argument)
    if found is None:
        raise CommandError("SP2-0136: DEFINE requires an equal sign (=): define NAME = VALUE")
    if found["equals"] is not None:
        if not found["value"]:
            raise CommandError("SP2-0137: DEFINE requires a value following equal sign")
        client.variables.define(found["name"], unquoted(found["value"].strip()))
        return
    known = client.variables.value(found["name"])
    if known is None:
        raise CommandError(f"SP2-0135: symbol {found['name'].lower()} is UNDEFINED")
    client.output.line(_definition(found["name"].upper(), known))


def _definition(name: str, value: str) -> str:
    return f'DEFINE {name:<15} = "{value}" (CHAR)'


def _undefine(client: Client, argument: str, _script: Script, _line: int) -> None:
    for name in argument.split():
        if not client.variables.undefine(name):
            raise CommandError(f"SP2-0135: symbol {name.lower()} is UNDEFINED")


def _accept(client: Client, argument: str, _script: Script, _line: int) -> None:
    found = _ACCEPT.fullmatch(argument)
    if found is None:
        raise CommandError("SP2-0003: Ill-formed ACCEPT command: accept NAME [default X] [prompt 'TEXT'] [hide]")
    prompt = unquoted(found["prompt"] or "")
    answer = client.ask(prompt, hidden=bool(found["hide"]))
    default = None if found["default"] is None else unquoted(found["default"])
    if answer is None and default is None:
        raise CommandError("SP2-0546: nobody can be asked here: DEFINE the variable, or give ACCEPT a DEFAULT")
    client.variables.define(found["name"], answer or default or "")


# settings


def _set(client: Client, argument: str, script: Script, _line: int) -> None:
    settings.change(client.settings, argument)
    client.output.silent = not client.settings.termout and not script.typed


def _show(client: Client, argument: str, script: Script, line: int) -> None:
    word, _, rest = argument.partition(" ")
    match word.lower():
        case "err" | "errors":
            _show_errors(client, rest.strip())
        case "user":
            rows = client.database.execute("select sys_context('USERENV', 'SESSION_USER') from dual").rows
            client.output.line(f'USER is "{next(rows)[0]}"')
        case "sqlcode":
            client.output.line(f"sqlcode {client.sqlcode}")
        case "all":
            for text in settings.all_shown(client.settings):
                client.output.line(text)
        case "spool" | "spoo":
            _spool(client, "", script, line)
        case name:
            shown = settings.shown(client.settings, name) if name else None
            if shown is None:
                raise CommandError(f'SP2-0158: unknown SHOW option "{argument}"')
            client.output.line(shown)


def _show_errors(client: Client, argument: str) -> None:
    """The errors of a unit, of the one that was created last, or of all where none was."""
    errors: list[CompileError]
    if argument:
        kind, _, name = argument.upper().rpartition(" ")
        if kind not in _UNITS:
            raise CommandError(f"SP2-0550: Usage: SHOW ERRORS [{'|'.join(_UNITS)} name]")
        errors = client.database.compile_errors(kind, name.strip('"').rpartition(".")[2])
    elif client.unit is None:
        errors = client.database.compile_errors()
    elif client.unit.errors is not None:
        errors = client.unit.errors
    else:
        errors = client.database.compile_errors(client.unit.kind, client.unit.name)
    if not errors:
        client.output.line("No errors.")
    shown = ("", "")
    for error in errors:
        if (error.kind, error.name) != shown:
            shown = error.kind, error.name
            client.output.line(f"Errors for {error.kind} {error.name}:\n\nLINE/COL ERROR\n{'-' * 8} {'-' * 65}")
        client.output.line(f"{f'{error.line}/{error.column}':<8} " + error.text.replace("\n", "\n" + " " * 9))


# scripts and files


def _start(client: Client, argument: str, script: Script, _line: int, *, beside: bool = False) -> None:
    name, *arguments = [unquoted(word) for word in words_of(argument)] or [""]
    if not name:
        raise CommandError("SP2-1506: START, @ or @@ command has no arguments")
    path = Path(name if Path(name).suffix else f"{name}.sql")
    if client.depth >= _NESTED_FILES:
        raise CommandError(
            f"SP2-0309: SQL*Plus command procedures may only be nested to a depth of {_NESTED_FILES}: {path}",
            Cause.SYSTEM,
        )
    try:
        if script.source and not path.is_absolute() and (beside or not path.exists()):
            path = Path(script.source).parent / path
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is not UTF-8, {error}"
        raise CommandError(f'SP2-0310: unable to open file "{path}": {reason}', Cause.SYSTEM) from error
    client.variables.define_arguments(arguments)
    client.depth += 1
    try:
        client.run_lines(lines, type(script)(str(path)))
    finally:
        client.depth -= 1


def _start_beside(client: Client, argument: str, script: Script, line: int) -> None:
    _start(client, argument, script, line, beside=True)


def _spool(client: Client, argument: str, _script: Script, _line: int) -> None:
    words = [unquoted(word) for word in words_of(argument)]
    if not words:
        client.output.line("currently spooling" if client.output.spooling else "not spooling currently")
        return
    if len(words) == 1 and words[0].lower() in ("off", "out"):
        if not client.output.spooling:
            raise CommandError("not spooling currently")
        client.output.stop_spooling()
        return
    modes = {"create": "x", "cre": "x", "replace": "w", "rep": "w", "append": "a", "app": "a"}
    mode = modes.get(words[1].lower()) if len(words) == 2 else "w"
    if mode is None or len(words) > 2:
        raise CommandError("SP2-0768: Illegal SPOOL command: spool FILE [CREATE|REPLACE|APPEND], spool off")
    path = Path(words[0] if Path(words[0]).suffix else f"{words[0]}.lst")
    try:
        client.output.spool(path, mode)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CommandError(f'SP2-0606: Cannot create SPOOL file "{path}": {reason}', Cause.SYSTEM) from error


# showing and leaving


def _prompt(client: Client, argument: str, _script: Script, _line: int) -> None:
    client.output.line(argument)


def _remark(_client: Client, _argument: str, _script: Script, _line: int) -> None:
    """A comment."""


def _help(client: Client, _argument: str, _script: Script, _line: int) -> None:
    client.output.line(HELP)


def _exit(client: Client, argument: str, script: Script, line: int) -> None:
    action = exit_action(argument.split(), client.binds.number)
    if action is None:
        client.fail(f"{script.place(line)}SP2-0584: EXIT {argument} is not known: {EXITS}")
        action = Action(leave=True, status=1, end="commit")
    raise Leave(action)


def _whenever(client: Client, argument: str, _script: Script, _line: int) -> None:
    found = whenever(argument.split(), client.binds.number)
    if found is None:
        raise CommandError(f"WHENEVER {argument} is not known: WHENEVER SQLERROR|OSERROR {CONTINUES} or {EXITS}")
    cause, action = found
    client.whenever[cause] = action


_COMMANDS: dict[str, Callable[[Client, str, Script, int], None]] = {
    "accept": _accept,
    "define": _define,
    "describe": _describe,
    "execute": _execute,
    "exit": _exit,
    "help": _help,
    "list": _list,
    "print": _print,
    "prompt": _prompt,
    "quit": _exit,
    "remark": _remark,
    "run": _run,
    "set": _set,
    "show": _show,
    "spool": _spool,
    "start": _start,
    "start beside": _start_beside,
    "undefine": _undefine,
    "variable": _variable,
    "whenever": _whenever,
}
