"""The page of the line and the decision log in a real browser, in both languages and widths, and by keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from loader.database import Database, Json, connect
from loader.evaluation import fit
from loader.model import Model
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import png
from tests.service.listening import listening
from tests.service.test_browser import browser, page
from tests.service.test_decision_log import decision

__all__ = ["browser", "page"]

expect.set_options(timeout=60_000)


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """The watched directory: a picture, one that is broken, and a file that is none."""
    directory = tmp_path / "line"
    directory.mkdir()
    (directory / "first.png").write_bytes(png(colour=30))
    (directory / "notes.txt").write_bytes(b"x")
    return directory


@pytest.fixture
def address(settings: Any, stored: Database, tiny_model: Model, line: Path, tmp_path: Path) -> Iterator[str]:
    """A service with all that a line can have."""
    fit(stored, "shop", "lda", "quality", within_part=True)
    stored.call("img_log.put", p_decisions=Json(json.dumps([decision(image_name="긴 이름.png" * 9, part="tank")])))
    stored.commit()
    given = Settings(
        decision={"k": 3, "transform": "shop"}, watch=line, watch_part="tank", added=tmp_path / "added", log_days=9
    )
    with listening(create_app(given, lambda: connect(settings), tiny_model)) as address:
        yield address


@pytest.mark.parametrize(
    "page",
    [{"locale": locale, "width": width} for locale in ("en-US", "ko-KR") for width in (400, 1600)],
    indirect=True,
    ids=str,
)
def test_the_pages_fit_and_axe_finds_nothing(page: Page) -> None:
    page.goto("/classify")
    expect(page.locator("[data-watched] > li")).to_have_count(1)
    page.locator("[data-watched] summary").first.click()
    expect(page.locator("[data-other-files]")).to_contain_text("notes.txt")
    for address in ("/classify", "/decisions"):
        if not page.url.endswith(address):
            page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"


def test_a_watched_picture_is_labelled_by_keys_and_the_transform_fitted_anew(page: Page, line: Path) -> None:
    page.goto("/classify")
    answers = page.locator("[data-watched] > li")
    expect(answers).to_have_count(1)
    answers.locator("summary").focus()
    page.keyboard.press("Enter")
    form = answers.locator("form")
    expect(form.get_by_label("Part")).to_have_value("tank")
    form.get_by_label("Quality").fill("dent")
    page.keyboard.press("Enter")
    expect(form.locator("[data-result]")).to_contain_text("Added as image")
    expect(page.locator("[data-since]")).to_have_text("1 images were stored since it was fitted.")
    (line / "second.png").write_bytes(png(colour=31))
    expect(answers).to_have_count(2)
    expect(answers.nth(0)).to_contain_text("second.png")
    page.get_by_role("button", name="Fit it anew").click()
    expect(page.locator("[data-phase]")).to_contain_text("It was fitted anew at")
    expect(page.locator("[data-since]")).to_have_text("0 images were stored since it was fitted.")


def test_a_picture_that_was_chosen_is_labelled(page: Page, tmp_path: Path) -> None:
    (tmp_path / "chosen.png").write_bytes(png(colour=99))
    page.goto("/classify")
    page.set_input_files("[data-classify] input[type=file]", [tmp_path / "chosen.png"])
    page.get_by_role("button", name="Classify").click()
    answer = page.locator("[data-answers] > li")
    answer.locator("summary").click()
    answer.get_by_label("Part").fill("")
    answer.get_by_role("button", name="Add").click()
    expect(answer.locator("[data-result]")).to_have_text("")  # the browser asks for the part first
    answer.get_by_label("Part").fill("lid")
    answer.get_by_label("Category 1").fill("only one")
    answer.get_by_role("button", name="Add").click()
    expect(answer.locator("[data-result]")).to_contain_text("both categories")
    answer.get_by_label("Category 1").fill("")
    answer.get_by_role("button", name="Add").click()
    answer.get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Image")
