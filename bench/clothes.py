"""A second sample of real pictures: 5,000 photographs of clothes, Fashion-MNIST's.

H. Xiao, K. Rasul, R. Vollgraf 2017, Fashion-MNIST, arXiv 1708.07747; MIT licence. It was chosen before anything was
measured on it: by the lists of PyPI, npm and Debian the one package, beside elpv-dataset, that brings labelled
photographs with it. They are of 28 x 28 pixels in grey, far from solar cells and from what an inspection sees.

The 5,000 are the first of the test pictures, in the order of their file. They ask two questions: which of the ten kinds
a picture is (the label's quality, among all pictures), and shirt or T-shirt (within the part `tops`), the two kinds
that are most alike and so the nearest to a defect that is hard to see.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COUNT = 5_000
_PACKAGE, _VERSION = "dataset-fashion-mnist", "0.0~git20200523.55506a9-1"
_SHA256 = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"
_DATA = "./usr/share/datasets/fashion-mnist/t10k-"
_KINDS = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
TOPS = "tops"
_TOPS = ("T-shirt", "shirt")
# What comes before the values in the files: a magic number and each length, of four bytes.
_IMAGE_HEADER, _LABEL_HEADER, _SIDE = 16, 8, 28


def write_clothes(root: Path) -> None:
    """Write pictures and labels below `root`, as AI Hub does. Raises RuntimeError where there is no such package."""
    package = _fetched(root.parent)
    pictures = _values(package, "images-idx3-ubyte.gz", _IMAGE_HEADER).reshape(-1, _SIDE, _SIDE)
    kinds = _values(package, "labels-idx1-ubyte.gz", _LABEL_HEADER)
    for place in range(COUNT):
        kind = _KINDS[kinds[place]]
        name = f"{place:04}.png"
        image, label = root / "images" / name, root / "labels" / f"{place:04}.json"
        for path in (image, label):
            path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pictures[place]).save(image)
        attributes = {"part": TOPS if kind in _TOPS else "others", "quality": kind, "categories": []}
        label.write_text(
            json.dumps({"images": [{"file_name": name}], "annotations": [{"attributes": attributes}]}),
            encoding="utf-8",
        )


def _fetched(directory: Path) -> bytes:
    """The Debian package, by the package manager, whole and of this very content."""
    if not shutil.which("apt-get"):
        raise RuntimeError(f"the second sample is the Debian package {_PACKAGE}: it needs apt-get and dpkg-deb")
    subprocess.run(
        ["apt-get", "download", "--quiet", f"{_PACKAGE}={_VERSION}"],
        cwd=directory,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    (found,) = directory.glob(f"{_PACKAGE}_*.deb")
    if (digest := hashlib.sha256(found.read_bytes()).hexdigest()) != _SHA256:
        raise RuntimeError(f"{found.name} has the SHA-256 {digest}, not {_SHA256}")
    return subprocess.run(["dpkg-deb", "--fsys-tarfile", found], check=True, stdout=subprocess.PIPE).stdout


def _values(package: bytes, name: str, header: int) -> NDArray[np.uint8]:
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        file = archive.extractfile(f"{_DATA}{name}")
        if file is None:
            raise RuntimeError(f"{_PACKAGE} has no {name}")
        return np.frombuffer(gzip.decompress(file.read()), np.uint8, offset=header)
