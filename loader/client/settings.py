"""What SET changes and SHOW shows: SQL*Plus User's Guide, "SET System Variable Summary"; SQLFORMAT is SQLcl's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loader.client.words import unquoted, whole, words_of


@dataclass(slots=True)
class Settings:
    """The system variables of a session.

    `linesize`, `pagesize` and `long` are None until they are set: a line is as long as the terminal is wide, a table
    has one heading, a value is whole. `feedback` is the number of rows from which on their number is said, 0 for never.
    """

    autoprint: bool = False
    define: str = "&"
    echo: bool = False
    feedback: int = 1
    heading: bool = True
    linesize: int | None = None
    long: int | None = None
    null: str = ""
    pagesize: int | None = None
    serveroutput: bool = True
    sqlformat: str = "default"
    termout: bool = True
    timing: bool = False
    verify: bool = False


class SettingError(Exception):
    """A SET that is not understood."""


# Changes the settings by the words behind an option's name; the number of words that it took.
Change = Callable[[Settings, "list[str]"], int]


@dataclass(frozen=True, slots=True)
class _Option:
    """An option; capitals are the letters that an abbreviation needs. `usage` is what may follow its name."""

    name: str
    usage: str
    change: Change
    attribute: str = ""

    def is_called(self, word: str) -> bool:
        least = sum(letter.isupper() for letter in self.name)
        return len(word) >= least and self.name.lower().startswith(word.lower())


def _switch(name: str) -> _Option:
    attribute = name.lower()

    def change(settings: Settings, words: list[str]) -> int:
        state = words[0].lower() if words else ""
        if state not in ("on", "off"):
            raise SettingError(f"SP2-0265: {attribute} must be set ON or OFF")
        setattr(settings, attribute, state == "on")
        return 1

    return _Option(name, "ON|OFF", change, attribute)


def _number(name: str, least: int, most: int) -> _Option:
    attribute = name.lower()

    def change(settings: Settings, words: list[str]) -> int:
        number = whole(words[0]) if words else None
        if number is None:
            raise SettingError(f"SP2-0268: {attribute} option not a valid number")
        if not least <= number <= most:
            raise SettingError(f"SP2-0267: {attribute} option {number} out of range ({least} through {most})")
        setattr(settings, attribute, number)
        return 1

    return _Option(name, f"{least} to {most}", change, attribute)


def _server_output(settings: Settings, words: list[str]) -> int:
    """ON or OFF; the size of its buffer and the format of its lines, which may follow, change nothing here."""
    state = words[0].lower() if words else ""
    if state not in ("on", "off"):
        raise SettingError("SP2-0265: serveroutput must be set ON or OFF")
    settings.serveroutput = state == "on"
    taken = 1
    while len(words) > taken + 1 and words[taken].lower() in ("size", "format", "for"):
        taken += 2
    return taken


def _feedback(settings: Settings, words: list[str]) -> int:
    state = words[0].lower() if words else ""
    number = int(state == "on") if state in ("on", "off") else whole(state)
    if number is None:
        raise SettingError("SP2-0268: feedback option not a valid number, ON or OFF")
    settings.feedback = number
    return 1


def _define(settings: Settings, words: list[str]) -> int:
    state = words[0].lower() if words else ""
    if state in ("on", "off"):
        settings.define = "&" if state == "on" else ""
    elif len(character := unquoted(words[0]) if words else "") == 1 and not character.isalnum():
        settings.define = character
    else:
        raise SettingError("SP2-0272: define character cannot be alphanumeric or whitespace: ON, OFF or a character")
    return 1


def _null(settings: Settings, words: list[str]) -> int:
    if not words:
        raise SettingError("SP2-0281: null missing set option: the text in place of NULL")
    settings.null = unquoted(words[0])
    return 1


_FORMATS = ("default", "csv", "json", "ansiconsole")


def _sqlformat(settings: Settings, words: list[str]) -> int:
    wanted = words[0].lower() if words else "default"
    if wanted not in _FORMATS:
        raise SettingError(f"SQLFORMAT {words[0]} is not available: {', '.join(_FORMATS).upper()}")
    settings.sqlformat = "default" if wanted == "ansiconsole" else wanted
    return len(words[:1])


def _already(name: str, *allowed: str) -> _Option:
    """What this client does anyway, or what makes no difference to it."""

    def change(_settings: Settings, words: list[str]) -> int:
        word = words[0].lower() if words else ""
        if word not in allowed and not ("n" in allowed and whole(word) is not None):
            choices = "|".join("NUMBER" if word == "n" else word.upper() for word in allowed)
            raise SettingError(f"SET {name.upper()} takes {choices} alone here")
        return 1

    return _Option(name, "", change)


_OPTIONS = (
    _switch("AUTOPrint"),
    _Option("DEFine", "ON|OFF|CHARACTER", _define, "define"),
    _switch("ECHO"),
    _Option("FEEDback", "ON|OFF|NUMBER", _feedback, "feedback"),
    _switch("HEAding"),
    _number("LINesize", 1, 32767),
    _number("LONG", 1, 2_000_000_000),
    _Option("NULL", "TEXT", _null, "null"),
    _number("PAGESize", 0, 50000),
    _Option("SERVEROUTput", "ON|OFF", _server_output, "serveroutput"),
    _Option("SQLFORMAT", "DEFAULT|CSV|JSON", _sqlformat, "sqlformat"),
    _switch("TERMout"),
    _switch("TIMIng"),
    _switch("VERify"),
    _already("ARRAYsize", "n"),
    _already("LONGChunksize", "n"),
    _already("SQLBLanklines", "on"),
    _already("TAB", "on", "off"),
    _already("TRIMOut", "on", "off"),
    _already("TRIMSpool", "on", "off"),
    _already("WRAp", "on"),
)


def change(settings: Settings, argument: str) -> None:
    """SET with one option or more. Raises SettingError; the options before the wrong one are set."""
    words = words_of(argument)
    if not words:
        raise SettingError(f"SP2-0281: SET missing set option: {options_help()}")
    while words:
        option = _option(words[0])
        if option is None:
            raise SettingError(f'SP2-0158: unknown SET option "{words[0]}"')
        words = words[1 + option.change(settings, words[1:]) :]


def shown(settings: Settings, name: str) -> str | None:
    """What SHOW says of an option; None where there is none."""
    option = _option(name)
    if option is None or not option.attribute:
        return None
    return _shown(option, settings)


def all_shown(settings: Settings) -> list[str]:
    """What SHOW ALL says."""
    return [_shown(option, settings) for option in _OPTIONS if option.attribute]


def options_help() -> str:
    """The options with what may follow them."""
    return ", ".join(f"{option.name.lower()} {option.usage}" for option in _OPTIONS if option.usage)


def _option(word: str) -> _Option | None:
    return next((option for option in _OPTIONS if option.is_called(word)), None)


def _shown(option: _Option, settings: Settings) -> str:
    value = getattr(settings, option.attribute)
    match option.attribute, value:
        case ("define", ""):
            return "define OFF"
        case ("define" | "null", text):
            return f'{option.attribute} "{text}"'
        case ("feedback", 0):
            return "feedback OFF"
        case ("linesize", None):
            return "linesize as wide as the terminal"
        case ("pagesize", None):
            return "pagesize none: one heading"
        case ("long", None):
            return "long none: values are whole"
        case (name, bool() as state):
            return f"{name} {'ON' if state else 'OFF'}"
    return f"{option.attribute} {value}"
