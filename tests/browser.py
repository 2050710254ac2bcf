"""A real browser without a window, spoken to by the Chrome DevTools Protocol over two pipes."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--remote-debugging-pipe", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
# The browser reads calls from descriptor 3 and writes replies to descriptor 4, whatever numbers the pipes have.
_MOVE = """
import fcntl, os, sys
calls, replies = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(calls, 3)
os.dup2(replies, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One page; `events` are what the browser said of it by itself, as (method, parameters)."""

    def __init__(self, reading: int, writing: int) -> None:
        self._replies = os.fdopen(reading, "rb")
        self._calls = os.fdopen(writing, "wb", buffering=0)
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session: str | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One call of the protocol; its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._calls.write(json.dumps(message).encode() + b"\0")
        while True:
            reply = self._next()
            if reply.get("id") == number:
                assert "error" not in reply, reply
                return dict(reply["result"])

    def open(self, path: Path, width: int, height: int = 900) -> None:
        """Open a file at so many pixels, and wait until it is loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.events.clear()
        self.call("Page.navigate", url=path.absolute().as_uri())
        while not any(method == "Page.loadEventFired" for method, _ in self.events):
            self._next()

    def evaluate(self, expression: str) -> Any:
        """What a JavaScript expression gives on the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """A picture of the whole page."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def requests(self) -> list[str]:
        """What the page asked for, itself first; what it holds itself (data:) is not asked for."""
        sent = [values["request"]["url"] for method, values in self.events if method == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith("data:")]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._replies.fileno(), 2**16)
            assert part, "the browser ended"
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        message = dict(json.loads(text))
        if "method" in message:
            self.events.append((message["method"], message.get("params", {})))
            if message["method"] == "Page.javascriptDialogOpening":
                number = next(self._numbers)
                call = {"id": number, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                self._calls.write(json.dumps(call | {"sessionId": self._session}).encode() + b"\0")
        return message

    def close(self) -> None:
        """Let go of the pipes, by which the browser ends."""
        self._calls.close()
        self._replies.close()


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A Chromium with a profile of its own; the test is skipped where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip(f"no browser is installed ({', '.join(_NAMES)})")
    (calls_in, calls_out), (replies_in, replies_out) = os.pipe(), os.pipe()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _MOVE,
            str(calls_in),
            str(replies_out),
            program,
            *_OPTIONS,
            f"--user-data-dir={profile}",
        ],
        pass_fds=[calls_in, replies_out],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(calls_in)
    os.close(replies_out)
    try:
        page = Browser(replies_in, calls_out)
        try:
            yield page
        finally:
            page.close()
        process.wait(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
