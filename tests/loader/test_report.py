"""The report of labels and pictures that mean harm."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from loader import cli
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate
from loader.load import load
from loader.model import Model
from loader.report import text_lines, write
from loader.report_answer import answer
from loader.report_settings import settings
from loader.report_words import KOREAN, words_of
from loader.results import ClassFigures
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
    "html head meta title style body main section h1 h2 h3 p b span small dl div dt dd ul li table thead tbody tr "
    "th td svg text line circle polyline figure figcaption details summary img code abbr br".split()
)
ATTRIBUTES = set(
    "lang charset name content http-equiv class scope viewbox role aria-label tabindex title x y x1 x2 y1 y2 cx cy r "
    "points text-anchor src alt".split()
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
        if tag not in ("meta", "img", "br"):
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


def test_a_report_in_korean_has_no_english_sentence(hostile: Database, tmp_path: Path) -> None:
    run_id = evaluate(hostile, k=1)
    write(hostile, run_id, tmp_path / "ko.html", language="ko")
    content = (tmp_path / "ko.html").read_text(encoding="utf-8")
    assert "<html lang='ko'>" in content
    page = Page()
    page.feed(content)
    assert "다음에 할 일" in page.text
    # What the two languages share is as short as this.
    sentences = [text for text in KOREAN if len(text) > 12]
    assert [text for text in sentences if text in page.text] == []
    with pytest.raises(ConfigurationError, match="--language: choose from en, ko, not fr"):
        write(hostile, run_id, tmp_path / "fr.html", language="fr")
    assert not (tmp_path / "fr.html").exists()


def test_each_korean_text_fills_in_what_the_english_one_does() -> None:
    for english, korean in KOREAN.items():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", korean)), english


def _figures(name: str, missed: float) -> ClassFigures:
    return ClassFigures(name, 10, 10, 1.0, 1 - missed, 1.0, missed, 0.0)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_opening_answers_and_says_what_to_do_next(language: str) -> None:
    words = words_of(language)
    run = {
        "tested": 2624, "correct": 2238, "accuracy": 0.8529, "accuracy_low": 0.8388, "accuracy_high": 0.8659,
        "majority_share": 0.6871, "copies": 115, "accuracy_without_copies": 0.8470, "transform_kind": "LDA",
        "target": "CATEGORY1", "labels_changed": 0,
    }  # fmt: skip
    classes = [_figures("functional", 0.0544), _figures("defective; rm", 0.3508)]
    page = answer(run, classes, words)
    for figure in ("85.29 %", "2,238", "2,624", "83.88 %", "86.59 %", "68.71 %", "115", "84.70 %", "35.08 %"):
        assert figure in page
    assert "thresholds --class &#x27;defective; rm&#x27; --miss-rate 0.01" in page
    assert "classify IMAGE --transform NAME" in page
    guessing = words("So few pictures do not show that this is better than guessing: label more of each class.")
    assert guessing not in page
    worse = run | {"accuracy_low": 0.6871, "transform_kind": None, "copies": 0}
    page = answer(worse, [_figures("functional", 0.05)], words)
    assert guessing in page
    assert "evaluate --method kfold --transform lda --target category1" in page
    assert "115" not in page
    assert "thresholds" not in page
    perfect = answer(run | {"correct": 2624}, [_figures("functional", 0.0)], words)
    assert words("Look at the labels to check, below: a confident mistake may be a wrong label.") not in perfect
    assert words("Nothing could be tested.") in answer({"tested": 0}, [], words)


def test_where_classes_are_compared_the_nearest_pictures_are_shown(hostile: Database, tmp_path: Path) -> None:
    run_id = evaluate(hostile, method="kfold", folds=2, transform_kind="prototype", within_part=False)
    write(hostile, run_id, tmp_path / "report.html")
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    mistakes = content.count("<li class='case'>")
    assert mistakes
    assert content.count("<figure class='asked'>") == mistakes
    assert content.count("<figure class=''><details name='large'><summary><img") == 3 * mistakes
    assert "took no part" in content


def test_a_picture_whose_name_lies_apart_on_disk_is_shown(
    installed: Database, tmp_path: Path, make: Make, tiny_model: Model
) -> None:
    for number in range(2):
        apart = unicodedata.normalize("NFD", f"탱크{number}.png")
        make(f"labels/{number}.json", f"images/{apart}", quality="good" if number else "bad")
    assert load(installed, tmp_path / "root", tiny_model).stored == 2
    write(installed, evaluate(installed, k=1), tmp_path / "report.html")
    assert "picture not found" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_pictures_of_a_source_with_a_name_are_shown(
    installed: Database, tmp_path: Path, make: Make, tiny_model: Model
) -> None:
    for number in range(2):
        make(f"labels/{number}.json", f"images/{number}.png", quality="good" if number else "bad")
    load(installed, tmp_path / "root", tiny_model, source="line 4")
    write(installed, evaluate(installed, k=1), tmp_path / "report.html")
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "data:image/jpeg" in content
    assert "picture not found" not in content


@pytest.fixture
def twelve(installed: Database, tmp_path: Path, make: Make, tiny_model: Model) -> Database:
    """Twelve pictures of one part, some good and some bad."""
    for number in range(12):
        make(f"labels/{number:02}.json", f"images/{number:02}.png", quality="good" if number % 3 else "bad")
    load(installed, tmp_path / "root", tiny_model)
    return installed


def report(database: Database, path: Path, run_id: int, **options: object) -> str:
    write(database, run_id, path, **options)  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


def test_a_run_is_compared_with_the_one_before_of_the_same_settings(twelve: Database, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    first = evaluate(twelve, k=1)
    assert f"python -m loader report {first} --against RUN" in report(twelve, out, first)
    other = evaluate(twelve, k=3)
    again = evaluate(twelve, k=1)
    content = report(twelve, out, again)
    assert f"Compared with run {first}" in content
    assert "Of the 12 pictures that both tested, 0 are right now that were wrong" in content
    assert "+0.00 percentage points (95 % interval" in content
    test = json.loads(twelve.value("img_evaluate.mcnemar", p_run_a=other, p_run_b=again))
    changed = list(twelve.rows("img_service.changed_decisions", p_run_a=other, p_run_b=again))
    assert changed
    content = report(twelve, out, again, against=other)
    assert f"Compared with run {other}" in content
    assert f"{test['only_b']} are right now that were wrong, and {test['only_a']} are wrong that were right" in content
    assert content.partition("<ul class='changes'>")[2].partition("</ul>")[0].count("<li>") == len(changed)


def test_a_run_of_another_target_is_not_compared(twelve: Database, tmp_path: Path) -> None:
    run_id, other = evaluate(twelve, k=1), evaluate(twelve, k=1, target="category1")
    with pytest.raises(DatabaseError) as caught:
        report(twelve, tmp_path / "report.html", run_id, against=other)
    assert caught.value.code == 20121
    with pytest.raises(DatabaseError):
        report(twelve, tmp_path / "report.html", run_id, against=999)
    assert not (tmp_path / "report.html").exists()


def test_pictures_that_are_not_to_be_had_are_explained(twelve: Database, tmp_path: Path) -> None:
    run_id = evaluate(twelve, k=1)
    content = report(twelve, tmp_path / "report.html", run_id)
    assert "pictures are not where" not in content
    shown = content.count("<img ")
    assert shown
    for path in (tmp_path / "root" / "images").iterdir():
        path.unlink()
    content = report(twelve, tmp_path / "report.html", run_id)
    assert f"{shown} pictures are not where they were loaded from" in content
    twelve.execute("delete from image_load")
    content = report(twelve, tmp_path / "report.html", run_id)
    assert f"{shown} pictures were put in by no load" in content


SETTINGS = {
    "method": "KFOLD", "target": "CATEGORY1", "k": 5, "weighting": "SOFTMAX", "temperature": 0.07, "metric": "COSINE",
    "within_part": 0, "only_part": "x", "folds": 10, "seed": 1, "group_path": None, "test_share": None,
    "test_path": None, "source_name": "line", "transform_kind": None, "approximate": 1, "target_accuracy": 95,
    "shrinkage": None, "outputs": None, "kernel_width": None, "ridge": None, "threshold": None, "grades": None,
    "grade_threshold": None,
}  # fmt: skip
OTHERS = [
    {},
    {"method": "LOO", "weighting": "MAJORITY", "metric": "EUCLIDEAN", "approximate": 0},
    {"method": "LOGO", "group_path": "$.lot", "weighting": "INVERSE", "metric": "DOT", "target_accuracy": None},
    {
        "method": "TIME",
        "test_share": 0.2,
        "transform_kind": "WHITEN",
        "target": "QUALITY",
        "shrinkage": 0.2,
        "outputs": 128,
    },
    {"method": "TIME", "test_share": 0.2, "group_path": "$.at", "transform_kind": "LDA", "target": "CATEGORY2"},
    {"method": "PATH", "test_path": "new", "transform_kind": "TUNED", "target": "PART"},
]


@pytest.mark.parametrize("changed", OTHERS, ids=str)
def test_the_settings_are_told_in_both_languages(changed: dict[str, object]) -> None:
    english, korean = (settings(SETTINGS | changed, words_of(language)) for language in ("en", "ko"))
    assert re.search("[가-힣]", korean)
    for english_only in ("votes", "within", "across", "distance", "only", "fold"):
        assert english_only not in korean
    assert english.startswith(str(changed.get("target", "CATEGORY1")).lower() + " by ")
