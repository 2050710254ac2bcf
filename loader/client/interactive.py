"""The client at a terminal: whole statements are typed, kept in the history, and can be changed again."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent

from loader.client.client import Client, Script
from loader.client.leaving import Leave
from loader.client.reader import is_complete
from loader.private import private_file


def interact(client: Client, history: Path | None) -> None:
    """Read statements from the terminal until EXIT or the end of input; what is typed is kept in `history`."""
    kept = InMemoryHistory() if history is None else FileHistory(str(private_file(history)))
    session: PromptSession[str] = PromptSession(
        history=kept,
        multiline=True,
        prompt_continuation=lambda _width, line, wrapped: " " * 5 if wrapped else f"{line + 1:>3}  ",
        key_bindings=_keys(),
    )
    client.output.line("Type help for the commands, exit to leave.")
    try:
        while True:
            try:
                typed = session.prompt("SQL> ")
            except KeyboardInterrupt:
                continue  # what was typed so far is dropped
            try:
                client.run_lines(typed.split("\n"), Script(typed=True))
            except KeyboardInterrupt:
                client.output.line("ORA-01013: user requested cancel of current operation")
    except EOFError:
        client.end("commit")
    except Leave as request:
        client.leave(request.action)
    finally:
        client.output.stop_spooling()


def _keys() -> KeyBindings:
    """Enter sends off what is complete; before that it begins a line."""
    keys = KeyBindings()

    @keys.add("enter", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.newline(copy_margin=False)

    return keys
