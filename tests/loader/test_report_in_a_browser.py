"""The report of labels that mean harm, as a real browser shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.database import Database
from loader.evaluation import evaluate
from loader.load import load
from loader.model import Model
from loader.report import write
from tests.browser import Browser, browser
from tests.loader.conftest import Make

# Each would leave a mark if the browser took it for more than text.
HOSTILE = [
    "<script>hacked=1</script>",
    "</title><script>hacked=1</script>",
    "' onload='hacked=1' onerror='hacked=1' x='",
    '"><img src=x onerror=hacked=1>',
    "</style></svg><iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<svg onload=hacked=1>",
    "<style>*{display:none}</style>",
    "</main></body></html><h1>gone</h1>",
    "<base href=//example.com><link rel=stylesheet href=//example.com/x.css>",
    "<meta http-equiv=refresh content='0;url=about:blank'>",
    "--><!--",
    "\u202ed\u200boog\u2066",
    "W" * 100,
    "탱크" * 50,
]
WIDTHS = [400, 1400]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def report(installed: Database, tmp_path: Path, make: Make, tiny_model: Model, page: Browser) -> Path:
    """A report of hostile parts, qualities and categories, and files of hostile names, with mistakes in each."""
    for number, text in enumerate(HOSTILE):
        for other in (0, 1):
            quality = HOSTILE[(number + other) % len(HOSTILE)]
            name = text.replace("/", "|")[:60]
            make(f"labels/a/{number}-{other}.json", f"images/{number}-{other}-{name}.png", part=text, quality=quality)
    load(installed, tmp_path / "root", tiny_model)
    path = tmp_path / "report.html"
    write(installed, evaluate(installed, k=1), path)
    return path


def test_the_browser_runs_what_is_not_escaped(tmp_path: Path, page: Browser) -> None:
    """Without this the other test would prove nothing."""
    path = tmp_path / "open.html"
    path.write_text(f"<!doctype html><title>open</title><p>{HOSTILE[0]}")
    page.open(path, 400)
    assert page.evaluate("hacked") == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_labels_do_nothing(report: Path, page: Browser, width: int) -> None:
    page.open(report, width)
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.evaluate("document.title").startswith("Evaluation ")
    assert page.requests() == [report.as_uri()]
    said = {"Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"}
    assert [event for event in page.events if event[0] in said] == []
    assert page.evaluate("document.querySelectorAll('script, iframe, object, base, link').length") == 0
    text = page.evaluate("document.body.innerText")
    for label in HOSTILE[:-3]:
        assert label in text
    assert r"\u202ed\u200boog\u2066" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_and_shows_its_pictures(report: Path, page: Browser, width: int) -> None:
    page.open(report, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    pictures = "[...document.images]"
    assert page.evaluate(f"{pictures}.length") > len(HOSTILE)
    assert page.evaluate(f"{pictures}.every(image => image.complete && image.naturalWidth > 0)")
    # Nothing reaches out of its card, and what is drawn can be read.
    assert page.evaluate("[...document.querySelectorAll('.case')].every(card => card.scrollWidth <= card.clientWidth)")
    smallest = (
        "Math.min(...[...document.querySelectorAll('svg text')].map(text => text.getBoundingClientRect().height))"
    )
    assert page.evaluate(smallest) >= 9


def test_a_picture_enlarges_and_shrinks_again(report: Path, page: Browser) -> None:
    page.open(report, 1400)
    width = "document.querySelector('.case img').getBoundingClientRect().width"
    small = page.evaluate(width)
    for expected in (True, False):
        page.evaluate("document.querySelector('.case summary').click()")
        assert page.evaluate("document.querySelectorAll('details[open]').length") == int(expected)
        assert (page.evaluate(width) > 4 * small) is expected


def test_on_paper_nothing_is_cut(report: Path, page: Browser) -> None:
    page.open(report, 690)  # A4 within its margins
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= 690
        wide = "[...document.querySelectorAll('table')].filter((table) => table.getBoundingClientRect().right > 691)"
        assert page.evaluate(f"{wide}.map((table) => table.innerText.slice(0, 60))") == []
    finally:
        page.call("Emulation.setEmulatedMedia", media="")
