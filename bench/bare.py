"""python -m bench.bare MODEL ROOT PART PARTS: decode and embed one part of the pictures below ROOT, and no more."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from loader.images import read_image
from loader.model import Model

# As many in one call of the network as a load has.
_BATCH = 4


def main(model_path: Path, root: Path, part: int, parts: int) -> None:
    """Embed every picture whose place, of those in order, is the part's; in one thread."""
    model = Model(model_path)
    paths = sorted(root.rglob("*.png"))[part::parts]
    for place in range(0, len(paths), _BATCH):
        batch = [read_image(path, model.preprocessing) for path in paths[place : place + _BATCH]]
        model.embed(np.stack(batch))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
