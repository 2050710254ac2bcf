"""python -m tests.kills.loaders: start loaders at once on a fresh database, and see that their counts add up.

Each round makes a database without any image, model or source, starts two or more loaders on the same root, and then
demands that each ended well, that each label and image went in once, and that what the loaders say they did is
what is there: labels that are new, images that were stored, failures that were met.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from engine.server import server
from loader import migrations
from loader.config import EmbeddedSettings
from loader.database import connect
from tests.embedded.servers import command
from tests.loader.tiny_model import write_tiny_model

_LABELS = re.compile(r"(\d+) labels: (\d+) new, (\d+) changed, (\d+) unchanged, (\d+) tried again")
_IMAGES = re.compile(r"(\d+) images embedded and stored, (\d+) failed")


def write_tree(root: Path, good: int, bad: int) -> None:
    """`good` labels with an image, and `bad` ones: half are no JSON, half name no image that is there."""
    (root / "labels/a/b").mkdir(parents=True)
    (root / "images").mkdir()
    for number in range(good + bad):
        name = f"{number:04}"
        label = {
            "images": [{"file_name": f"{name}.png"}],
            "annotations": [{"attributes": {"part": "tank", "quality": "good"}}],
        }
        text = json.dumps(label) if number < good or number % 2 else "{"
        (root / "labels/a/b" / f"{name}.json").write_text(text)
        if number < good:
            pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), np.uint8)
            Image.fromarray(pixels).save(root / "images" / f"{name}.png")


def round_of(directory: Path, root: Path, model: Path, loaders: int, good: int, bad: int) -> list[int]:
    """One start; the images that each stored. Raises AssertionError."""
    settings = EmbeddedSettings(directory)
    with connect(settings) as database:
        migrations.install(database, say=lambda _: None)
    server.start(directory)
    try:
        processes = [command(directory, root, "--model", model, "--workers", 2) for _ in range(loaders)]
        said = [process.communicate(timeout=300) for process in processes]
        counts = []
        for process, (out, err) in zip(processes, said, strict=True):
            labels, images = _LABELS.search(out), _IMAGES.search(out)
            assert labels is not None, out + err
            assert images is not None, out + err
            met, *kinds = (int(number) for number in labels.groups())
            stored, failed = (int(number) for number in images.groups())
            assert met == good + bad == sum(kinds), out
            assert process.returncode == (1 if failed else 0), out + err
            assert err.count(f"{root}/labels/a/b/") == failed, err
            counts.append((stored, kinds[0], kinds[1], failed, kinds[3]))
        *sums, failed, again = (sum(column) for column in zip(*counts, strict=True))
        assert sums == [good, good + bad, 0], said
        assert bad <= failed <= bad + again, said  # one that comes late tries what failed before it again
        with connect(settings) as database:
            found = list(
                database.execute(
                    "select (select count(*) from image_demo1), (select count(*) from image_model),"
                    " (select count(*) from image_source), count(*), count(distinct image_id),"
                    " count(case when state = 'FAILED' then 1 end) from image_load"
                ).rows
            )
        assert found == [(good, 1, 1, good + bad, good, bad)], found
        return [stored for stored, *_ in counts]
    finally:
        server.stop(directory)


def main() -> None:
    """Run the rounds, and print what each loader stored."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills.loaders", description=__doc__)
    parser.add_argument("--count", type=int, default=20, metavar="N", help="starts (default: 20)")
    parser.add_argument("--loaders", type=int, default=2, metavar="N", help="at once (default: 2)")
    parser.add_argument("--images", type=int, default=400, metavar="N", help="good ones (default: 400)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="loaders-", ignore_cleanup_errors=True) as directory:
        base = Path(directory)
        write_tree(base / "root", options.images, 10)
        model = write_tiny_model(base / "tiny.onnx")
        for number in range(options.count):
            begun = time.monotonic()
            own = base / f"own{number}"
            stored = round_of(own, base / "root", model, options.loaders, options.images, 10)
            shutil.rmtree(own, ignore_errors=True)  # what is left goes with the temporary directory
            print(f"start {number + 1}: {stored} images, {time.monotonic() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main()
