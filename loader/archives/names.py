"""Names in archives: bytes that may be UTF-8, or what Windows writes in Korea."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loader.kinds import is_left_out

# The last character that UTF-8 writes in two bytes. Two letters of CP949 may look like one of these.
_TWO_BYTES = "\u07ff"


def encoding_of(names: Sequence[bytes], *, on_windows: bool = False) -> str:
    """The encoding of all names of an archive: UTF-8 where they are that, else CP949, else that of old ZIP files.

    Short names can be both. Where Windows wrote them, which seldom writes UTF-8, they are CP949, unless they
    hold what takes three bytes in UTF-8, as Hangul does.
    """
    utf8, cp949 = _decoded(names, "utf-8"), _decoded(names, "cp949")
    if utf8 is not None:
        is_short = on_windows and not utf8.isascii() and max(utf8) <= _TWO_BYTES
        return "cp949" if is_short and cp949 is not None else "utf-8"
    return "cp437" if cp949 is None else "cp949"


def _decoded(names: Sequence[bytes], encoding: str) -> str | None:
    try:
        return b"/".join(names).decode(encoding)
    except UnicodeDecodeError:
        return None


def decoded(names: Iterable[bytes | str], *, on_windows: bool = False) -> list[str]:
    """The names as text; those that are text already stay."""
    given = list(names)
    encoding = encoding_of([name for name in given if isinstance(name, bytes)], on_windows=on_windows)
    return [name.decode(encoding) if isinstance(name, bytes) else name for name in given]


def below(name: str) -> str | None:
    """The place of a member below its archive, without . and empty parts; None where it leads outside or nowhere."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/".join(parts) if parts and ".." not in parts else None


def is_litter(name: str) -> bool:
    """Whether a member is what systems leave beside the files of their users, at any depth."""
    return any(part not in (".", "..") and is_left_out(part) for part in name.split("/"))
