"""How to reach an Oracle Database, said without any password."""

from __future__ import annotations

import re

# The parts of a connect descriptor that may be shown: a list of what is safe, since any other may hold a secret.
_SHOWN = ("HOST", "PORT", "SERVICE_NAME", "SID")
_SHOWN_PART = re.compile(rf"\(\s*({'|'.join(_SHOWN)})\s*=\s*([\w.:$#-]+)\s*\)", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def safe_connect_string(text: str) -> str:
    """The connect string without what may be secret.

    Everything up to the last @ goes (user/password@), and so do the parameters after ?. Of a connect descriptor
    only hosts, ports, service names and SIDs are left.
    """
    text = text.strip()
    if "(" in text:
        parts = [f"{name.upper()}={value}" for name, value in _SHOWN_PART.findall(_QUOTED.sub("", text))]
        return f"(DESCRIPTION {' '.join(parts)})" if parts else "(DESCRIPTION)"
    address, parameters, _ = text.rpartition("@")[2].partition("?")
    return f"{address}?..." if parameters else address


def safe_username(text: str) -> str:
    """The user's name without what follows a slash (user/password), and without quoted text that is not closed."""
    return re.match(r"(?:\"[^\"]*\"|[^/\"])*", text.strip())[0]  # type: ignore[index]


def holds_credentials(connect_string: str) -> bool:
    """Whether a user's name or password stands before the address: the driver would take them for a part of it."""
    return "(" not in connect_string and "@" in connect_string


def without_secrets(message: str, connect_string: str, secrets: tuple[str | None, ...]) -> str:
    """A message of the driver's, which may quote the connect string, without secrets."""
    message = message.replace(connect_string, safe_connect_string(connect_string))
    for secret in secrets:
        if secret:
            message = message.replace(secret, "***")
    return message
