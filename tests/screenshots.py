"""docs/pictures/: three pages of the service, as Chromium shows them on the sample.

python -m tests.screenshots    # make them anew; needs Chromium, the sample's package and models/efficientnet-lite0.onnx
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from loader import embedding_map, migrations
from loader.config import EmbeddedSettings
from loader.database import connect
from loader.evaluation import evaluate
from loader.load import load
from loader.model import Model, find
from loader.sample import write_sample
from service.app import create_app
from service.settings import Settings
from tests.service.listening import listening

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_MODEL = "efficientnet-lite0"
_COUNT = 1200
_WIDTH = 1200
# As small as still looks well; no picture of docs/ has more than 300 kB.
_QUALITY = 72


def main() -> int:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("needs Chromium, as the distribution has it", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as directory:
        settings = EmbeddedSettings(Path(directory) / "database")
        model = Model(find(_MODEL))
        root = Path(directory) / "Sample"
        write_sample(root, _COUNT)
        with connect(settings) as database:
            migrations.install(database, say=lambda _: None)
            load(database, root, model, source="Sample")
            run_id = evaluate(database, k=5, target="category1")
            database.call("img_service.keep_findings", p_run_id=run_id)
            embedding_map.make(database)
        app = create_app(Settings(decision={"k": 5}), lambda: connect(settings), model)
        with listening(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(base_url=address, locale="en-US")
            _take(page, "/pictures?finding=SUSPECT", "pictures")
            _take(page, f"/runs/{run_id}", "run")
            _take(page, "/map?colour=category1", "map", 1010)
            browser.close()
    return 0


def _take(page: Page, address: str, name: str, height: int = 820) -> None:
    """The upper part of a page as docs/pictures/NAME.jpg."""
    page.set_viewport_size({"width": _WIDTH, "height": height})
    page.goto(address, wait_until="networkidle")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=_QUALITY)
    print(f"{PICTURES / name}.jpg")


if __name__ == "__main__":
    sys.exit(main())
