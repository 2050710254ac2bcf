"""Image files as pixels, exactly as Keras' load_img gives them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from loader.model import Preprocessing

# An RGB image of this size takes half a gigabyte; Pillow's own limit, twice its warning threshold.
LARGEST_PIXELS = 178_956_970
_RESAMPLING = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}

# The size is checked here, before anything is decoded, and with a message of our own.
Image.MAX_IMAGE_PIXELS = None


class ImageError(ValueError):
    """An image can not be used; the message says why."""


def read_image(path: Path, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Decode `path` to RGB and resize it: size x size x 3 bytes.

    The steps are those of keras.utils.load_img (convert to RGB, then resize), so the pixels are
    Keras' own by construction; like it, EXIF rotation is not applied and a file of several frames
    gives its first. Raises ImageError.
    """
    try:
        if path.stat().st_size == 0:
            raise ImageError("the image file is empty")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                width, height = image.size
                if width * height > LARGEST_PIXELS:
                    raise ImageError(
                        f"the image has {width} x {height} pixels, more than the limit of {LARGEST_PIXELS:,}"
                    )
                rgb = image if image.mode == "RGB" else image.convert("RGB")
                size = (preprocessing.size, preprocessing.size)
                if rgb.size != size:
                    rgb = rgb.resize(size, _RESAMPLING[preprocessing.resample])
                return np.asarray(rgb, np.uint8)
    except UnidentifiedImageError as error:
        raise ImageError("the file is no image of a known kind") from error
    except ImageError:
        raise
    except OSError as error:
        raise ImageError(f"the image can not be read: {error.strerror or error}") from error
    except Exception as error:
        # Pillow's decoders raise nearly anything for a damaged file: SyntaxError, struct.error, ...
        raise ImageError(f"the image is damaged: {error}") from error
