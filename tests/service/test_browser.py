"""The pages in a real browser: nothing fails, everything can be reached by keys, and axe finds nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from loader import embedding_map
from loader.database import Database, connect
from loader.model import Model
from service.app import create_app
from service.settings import Settings
from tests.service.listening import listening

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if _CHROMIUM is None:
    pytest.skip("needs Chromium, as the distribution has it", allow_module_level=True)

_PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(settings: Any, stored: Database, run_id: int, tiny_model: Model) -> Iterator[str]:
    """A service that listens, on the stored pictures and one run."""
    stored.call("img_service.keep_findings", p_run_id=run_id)
    embedding_map.make(stored)
    app = create_app(Settings(decision={"k": 3}), lambda: connect(settings), tiny_model)
    with listening(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that fails the test where the browser complains of anything."""
    given: dict[str, Any] = getattr(request, "param", {})
    context = browser.new_context(
        base_url=address,
        locale=given.get("locale", "en-US"),
        viewport={"width": given.get("width", 1400), "height": 900},
    )
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


def addresses(run_id: int, db: Database) -> list[str]:
    ((image_id,),) = db.execute("select min(image_id) from image_demo1").rows
    pages = ["/pictures", "/pictures?quality=none", f"/pictures/{image_id}", "/classify", "/runs", f"/runs/{run_id}"]
    pages += [f"/correct?image={image_id}&at=0", f"/correct?image={image_id}&image={int(image_id) + 1}"]
    empty = ["/pictures?finding=FAILED&part=x", "/pictures?quality=none&outcome=WRONG&part=tank"]
    mapped = ["/map", "/map?colour=outcome&part=tank", "/map?part=none"]
    return [*pages, *empty, *mapped, f"/runs/compare?a={run_id}&b={run_id}", "/system", "/login"]


@pytest.mark.parametrize(
    "page",
    [{"locale": locale, "width": width} for locale in ("en-US", "ko-KR") for width in (400, 1600)],
    indirect=True,
    ids=str,
)
def test_every_page_fits_and_axe_finds_nothing(page: Page, run_id: int, stored: Database) -> None:
    for address in addresses(run_id, stored):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"


def test_pictures_that_are_chosen_are_classified(page: Page, root: Path) -> None:
    page.goto("/classify")
    page.set_input_files("input[type=file]", [root / "tank/bad/2.png", root / "tank/good/1.png", Path(__file__)])
    page.get_by_role("button", name="Classify").click()
    answers = page.locator(".answers > li")
    expect(answers).to_have_count(3, timeout=_PATIENCE_MS)
    expect(answers.nth(0)).to_contain_text("stored already")
    expect(answers.nth(0).locator("figure")).to_have_count(3)
    expect(answers.nth(2)).to_contain_text("no image of a known kind")
    answers.nth(0).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Image")


def test_keys_walk_over_the_map(page: Page) -> None:
    page.goto("/map?colour=part")
    canvas = page.locator("[data-map]")
    told = page.locator("[data-told]")
    expect(told).to_contain_text("12 pictures")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text(re.compile(r"image \d+: (tank|door)"))
    first = told.inner_text()
    for key in ("ArrowLeft", "ArrowUp", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    for key in ("+", "-", "0"):
        page.keyboard.press(key)
    assert told.inner_text() != first
    number = re.findall(r"\d+", told.inner_text())[0]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/pictures/{number}")


def test_a_click_on_a_point_opens_its_picture(page: Page) -> None:
    page.goto("/map")
    expect(page.locator("[data-told]")).to_contain_text("12 pictures")
    data = page.evaluate("fetch('/map/points').then((answer) => answer.json())")
    # The point that lies furthest to the left has no neighbour there, and the canvas shows it near its left edge.
    left = data["x"].index(min(data["x"]))
    page.locator("[data-map]").scroll_into_view_if_needed()
    box = page.locator("[data-map]").bounding_box()
    assert box is not None
    unit = 0.94 * min(
        box["width"] / (max(data["x"]) - min(data["x"])), box["height"] / (max(data["y"]) - min(data["y"]))
    )
    x = box["x"] + box["width"] / 2 + (data["x"][left] - (max(data["x"]) + min(data["x"])) / 2) * unit
    y = box["y"] + box["height"] / 2 - (data["y"][left] - (max(data["y"]) + min(data["y"])) / 2) * unit
    page.mouse.move(x - 2, y)
    expect(page.locator(".card")).to_be_visible()
    page.mouse.click(x - 2, y)
    page.wait_for_url(f"**/pictures/{data['image'][left]}")


def test_a_crowd_is_drawn_as_dots(page: Page) -> None:
    places = [n / 10_000 for n in range(10_000)]
    crowd = {
        "signs": [{"name": "good", "images": 9_999}, {"name": None, "images": 1}],
        "image": list(range(10_000)), "x": places, "y": places, "sign": [0] * 9_999 + [1],
    }  # fmt: skip
    page.route("**/map/points*", lambda route: route.fulfill(json=crowd))
    page.goto("/map")
    expect(page.locator("[data-told]")).to_contain_text("10000 pictures")
    count = """() => {
      const canvas = document.querySelector("[data-map]");
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        found += data[at] === 0 && data[at + 1] === 0x72 && data[at + 2] === 0xb2 && data[at + 3] === 255;
      }
      return found;
    }"""
    page.locator("[data-map]").scroll_into_view_if_needed()
    assert page.evaluate(count) > 500


def test_a_class_can_be_hidden(page: Page) -> None:
    page.goto("/map?colour=part")
    button = page.get_by_role("button", name="tank (6)")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_the_map_is_made_by_a_button(page: Page, stored: Database) -> None:
    stored.execute("delete from image_map_point")
    stored.execute("delete from image_map")
    stored.commit()
    page.goto("/map")
    page.get_by_role("button", name="Make the map").click()
    expect(page.locator("[data-told]")).to_contain_text("12 pictures")


def test_keys_walk_through_the_grid(page: Page) -> None:
    page.goto("/pictures")
    links = page.locator("[data-grid] figure > a")
    links.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Image")


def test_a_picture_zooms_by_key(page: Page, stored: Database) -> None:
    ((image_id,),) = stored.execute("select min(image_id) from image_demo1").rows
    page.goto(f"/pictures/{image_id}")
    button = page.locator("[data-zoom]")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_findings_are_taken_from_a_run_by_a_button(page: Page, run_id: int) -> None:
    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="Take doubtful labels").click()
    page.wait_for_url("**/pictures?finding=SUSPECT")


def labels_of(db: Database) -> list[tuple[int, str]]:
    return [
        (int(n), quality) for n, quality in db.execute("select image_id, quality from vw_image_label order by 1").rows
    ]


def test_labels_are_corrected_by_keys(page: Page, stored: Database) -> None:
    (first, _), (second, before), *_ = labels_of(stored)
    page.goto("/pictures")
    links = page.locator("[data-grid] figure > a")
    for number in (0, 1):
        links.nth(number).focus()
        page.keyboard.press("x")
    page.get_by_role("button", name="Correct the chosen").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="One after the other").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Correct image {first} 1 of 2")
    page.get_by_label("Who corrects").fill("kim")
    page.locator("[data-digit='1']").focus()
    page.keyboard.press("2")
    expect(page.locator("input[name=quality]:checked")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Correct image {second} 2 of 2")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Correct image {first} 1 of 2")
    # The focus is in the form, on the class that the label says: a digit, and Enter.
    other = "1" if page.locator("[data-digit='2']").is_checked() else "2"
    page.keyboard.press(other)
    wanted = page.locator("input[name=quality]:checked").get_attribute("value")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Image {first} is corrected.")
    assert labels_of(stored)[:2] == [(first, wanted), (second, before)]
    page.keyboard.press("u")
    expect(page.locator("del")).to_have_count(1)
    assert labels_of(stored)[0] != (first, wanted)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
