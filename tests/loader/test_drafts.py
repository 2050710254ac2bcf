"""Files that are put in place whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loader.drafts import draft
from tests.embedded.servers import PROJECT

_WRITER = """
import sys; from pathlib import Path; from loader.drafts import draft
with draft(Path(sys.argv[1])) as place:
    place.write_text("half")
    (place.parent / "more").write_text("half")
    print("here", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text("former")
    return path


def writer(path: Path) -> subprocess.Popen[str]:
    """A process that has written half of a draft."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    return process


def test_a_draft_takes_the_place_of_the_file(path: Path) -> None:
    with draft(path) as place:
        place.write_text("new")
        assert path.read_text() == "former"
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_a_draft_that_fails_leaves_the_former_file_alone(path: Path) -> None:
    with pytest.raises(ValueError, match="in the middle"), draft(path) as place:
        place.write_text("half")
        raise ValueError("in the middle")
    assert path.read_text() == "former"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_killed_process_left_is_gone_after_the_next_draft(path: Path) -> None:
    with writer(path) as process:
        process.kill()
    assert len(list(path.parent.iterdir())) == 2
    with draft(path) as place:
        assert list(place.parent.iterdir()) == []
        place.write_text("new")
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_another_process_writes_is_left_to_it(path: Path) -> None:
    with writer(path) as process:
        with pytest.raises(BlockingIOError, match=r"another process is writing this file.*report\.html"), draft(path):
            pass
        process.communicate("")
    assert path.read_text() == "half"


def test_a_file_system_without_locks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with draft(path) as place:
        place.write_text("new")
    assert path.read_text() == "new"


def test_a_directory_that_is_none_is_named_with_the_file(path: Path) -> None:
    below = path / "report.html"
    with pytest.raises(NotADirectoryError) as caught, draft(below):
        pass
    assert caught.value.filename == str(below)
