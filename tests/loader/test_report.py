"""The report of labels and pictures that mean harm."""

from __future__ import annotations

import os
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from loader import cli
from loader.database import Database
from loader.evaluation import evaluate
from loader.load import load
from loader.model import Model
from loader.report import text_lines, write
from loader.thumbnail import thumbnail
from tests.loader.conftest import Make

HOSTILE = [
    "<script>alert(1)</script>",
    "' onload='alert(1)' x='",
    '"><img src=x onerror=alert(1)>',
    "</style></svg><iframe src=//example.com>",
    "&lt;b&gt;&#60;",
    "\x1b]0;title\x07\x9b31mred",
    "\u202ed\u200boog\u2066",
    "--> <!--",
]
# What the report is made of.
TAGS = set(
    "html head meta title style body main h1 h2 p b span small dl div dt dd ul li table thead tbody tr th td svg rect "
    "text line circle polyline figure figcaption img".split()
)
ATTRIBUTES = set(
    "lang charset name content http-equiv class style scope viewbox width height role aria-label x y x1 x2 y1 y2 cx cy "
    "r fill stroke stroke-width points text-anchor font-size font-family src alt".split()
)


class Page(HTMLParser):
    """Collects what a browser would see, and refuses what the report has no need of."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, attrs)
            if name == "src":
                assert (value or "").startswith("data:image/jpeg;base64,")
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def hidden(text: str) -> list[str]:
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.fixture
def hostile(installed: Database, tmp_path: Path, make: Make, tiny_model: Model) -> Database:
    """Images whose parts and qualities are hostile, each quality wrong for its neighbours."""
    for number, text in enumerate(HOSTILE):
        for other in (0, 1):
            quality = HOSTILE[(number + other) % len(HOSTILE)]
            make(f"labels/a/b/{number}-{other}.json", part=text, quality=quality)
    assert load(installed, tmp_path / "root", tiny_model).stored == 2 * len(HOSTILE)
    return installed


def test_hostile_labels_stay_text(hostile: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_id = evaluate(hostile, k=1)
    write(hostile, run_id, tmp_path / "report.html")
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not hidden(content)
    page = Page()
    page.feed(content)
    page.close()
    assert page.open == []
    for text in (
        "<script>alert(1)</script>",
        "&lt;b&gt;&#60;",
        r"\x1b]0;title\x07\x9b31mred",
        r"\u202ed\u200boog\u2066",
    ):
        assert text in page.text
    assert content.count("data:image/jpeg;base64,") > len(HOSTILE)
    for line in text_lines(hostile, run_id):
        assert not hidden(line)
    hostile.commit()
    for arguments in (
        ["evaluate", "--k", "1"],
        ["sql", "select metadata, part, quality from vw_image_label"],
        [
            "sql",
            "begin for r in (select quality from vw_image_label) loop dbms_output.put_line(r.quality); end loop; end;",
        ],
        ["sql", "exec img_classify.validate_loo"],
        ["status"],
        ["evaluate", "--part", HOSTILE[5] + HOSTILE[6]],
        ["evaluate", "--part", "x"],
        ["sweep", "--part", HOSTILE[6]],
        ["fit", HOSTILE[5]],
    ):
        cli.main(arguments)
        captured = capsys.readouterr()
        assert not hidden(captured.out + captured.err), arguments
        assert captured.out + captured.err


def test_hostile_names_of_files_stay_text(
    installed: Database, tmp_path: Path, make: Make, tiny_model_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make("labels/a/b/good.json")
    make("labels/a/b/\x1b[31m\u202e\nerror: forged.json", label="{")
    (tmp_path / "\x9b31m\u2066.png").write_text("no image")
    assert cli.main([str(tmp_path / "root"), "--model", str(tiny_model_path)]) == 1
    cli.main(["status"])
    cli.main(["classify", str(tmp_path / "\x9b31m\u2066.png"), "--model", str(tiny_model_path)])
    cli.main(["classify", str(tmp_path / "\x9b31m\u2066.png"), "--model", str(tiny_model_path), "--json"])
    cli.main([str(tmp_path / "\x1b]0;x\x07")])
    captured = capsys.readouterr()
    assert not hidden(captured.out + captured.err)
    assert r"\x1b[31m" in captured.err
    assert not any(line.startswith("error: forged") for line in captured.err.splitlines())


def test_thumbnails_of_damaged_pictures(tmp_path: Path) -> None:
    good = Image.effect_noise((400, 300), 50)
    for suffix in ("png", "jpg", "tif", "bmp", "gif", "webp"):
        path = tmp_path / f"good.{suffix}"
        good.save(path)
        content = path.read_bytes()
        assert (thumbnail(path) or b"").startswith(b"\xff\xd8")
        for length in (0, 1, 10, 30, len(content) // 2, len(content) - 1):
            path.write_bytes(content[:length])
            thumbnail(path)
        for place in range(0, 200, 3):
            path.write_bytes(content[:place] + b"\xff" + content[place + 1 :])
            thumbnail(path)
    assert thumbnail(tmp_path / "none.png") is None
    assert thumbnail(tmp_path) is None
    os.mkfifo(tmp_path / "pipe.png")
    assert thumbnail(tmp_path / "pipe.png") is None
    Image.new("1", (20_000, 20_000)).save(tmp_path / "large.png")
    assert thumbnail(tmp_path / "large.png") is None


def test_a_report_that_fails_leaves_the_former_one(
    hostile: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = evaluate(hostile, k=1)
    out = tmp_path / "own" / "report.html"
    out.parent.mkdir()
    out.write_text("former")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space"):
            write(hostile, run_id, out)
    assert out.read_text() == "former"
    assert list(out.parent.iterdir()) == [out]
    write(hostile, run_id, out)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
