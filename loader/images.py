"""Image files as pixels, exactly as Keras' load_img gives them where a sample has 8 bits."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from loader.content import Source, opened, read_start
from loader.depth import UNIT, Depth, Header, advice, depth_of, highest
from loader.files import LARGEST_IMAGE, FileError
from loader.kinds import HEIF, HEIF_ADVICE, HEIF_SUFFIXES, suffix_of
from loader.labels import printable
from loader.model import RESAMPLES, Preprocessing
from loader.notes import Notes

# An RGB image of this size takes half a gigabyte; Pillow's own limit, twice its warning threshold.
LARGEST_PIXELS = 178_956_970
# No others are opened: some of Pillow's readers start programs (EPS), or hold no picture of their own. TGA is the
# last, since nothing marks its files.
_FORMATS = "AVIF BMP DIB GIF HEIF ICO JPEG JPEG2000 MPO PCX PNG PPM QOI SGI TIFF WEBP TGA".split()
# Of these alone a sample can have more than 8 bits and be given as such.
_DEEP_SUFFIXES = frozenset(".png .tif .tiff .jp2 .j2k .jpx .jpf .pgm .pnm .pfm".split())
_DEEP_MODES = frozenset(["I", "I;16", "I;16L", "I;16B", "I;16N"])
_RESAMPLING = {name: Image.Resampling[name.upper()] for name in RESAMPLES}
_BITS_PER_SAMPLE, _PHOTOMETRIC, _LARGEST_SAMPLE, _PLANAR = 258, 262, 281, 284
_WHITE_IS_ZERO = 0
_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# The size is checked here, before anything is decoded, and with a message of our own.
Image.MAX_IMAGE_PIXELS = None
# What Pillow has to say of a damaged file is in the error; else it would go to the terminal besides.
logging.getLogger("PIL").addHandler(logging.NullHandler())

if HEIF:
    import pillow_heif

    pillow_heif.register_heif_opener()
Image.init()
_INSTALLED = [name for name in _FORMATS if name in Image.OPEN]


class ImageError(ValueError):
    """An image can not be used; the message says why."""


def read_image(
    source: Source, preprocessing: Preprocessing, depth: Depth | None = None, notes: Notes | None = None
) -> NDArray[np.uint8]:
    """Decode a file, or bytes, to RGB and resize it: size x size x 3 bytes.

    The steps are those of keras.utils.load_img (convert to RGB, then resize), so the pixels are
    Keras' own by construction; like it, EXIF rotation is not applied and a file of several frames
    gives its first, which is noted. Samples of more than 8 bits are cut to the highest 8 of `depth`, never
    stretched to what one picture holds. Raises ImageError.
    """
    with _opened(source) as image:
        pixels = _pixels(image, source, preprocessing, depth)
        # Asked when the first frame is decoded, since some readers go to the second for the answer.
        if notes is not None and _has_frames(image):
            notes.add("images have several frames or pages: the first was taken", _name(source))
        return pixels


def read_picture(
    picture: Image.Image | NDArray[Any], preprocessing: Preprocessing, depth: Depth | None = None
) -> NDArray[np.uint8]:
    """The same of a picture in memory: Pillow's, or an array of height x width (x 3 or 4). Raises ImageError.

    An array holds uint8; of height x width alone also uint16 or float32, of which `depth` says what counts.
    """
    with _image_errors(b""):
        if isinstance(picture, Image.Image):
            _check_pixels(*picture.size)
            # A copy knows nothing of the file that it came from, so its samples are taken as they are.
            image = picture.copy()
        else:
            image = _of_array(picture)
            _check_pixels(*image.size)
        return _pixels(image, b"", preprocessing, depth)


def _of_array(array: NDArray[Any]) -> Image.Image:
    channels = array.shape[2:]
    is_plain = array.dtype == np.uint8 and channels in ((), (3,), (4,))
    is_deep = array.dtype in (np.uint16, np.float32) and channels == ()
    if array.ndim not in (2, 3) or not array.size or not (is_plain or is_deep):
        raise ImageError(
            "an array must be height x width, or x 3 or x 4, of uint8, or height x width of uint16 or float32, not "
            f"{' x '.join(map(str, array.shape))} of {array.dtype}"
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _pixels(image: Image.Image, source: Source, preprocessing: Preprocessing, depth: Depth | None) -> NDArray[np.uint8]:
    header = _header(image)
    rgb = image if header is None else _eight_bits(image, source, header, depth or Depth())
    if rgb.mode == "La":
        rgb = rgb.convert("LA")
    if rgb.mode != "RGB":
        rgb = rgb.convert("RGB")
    return np.asarray(_resized(rgb, preprocessing), np.uint8)


def _name(source: Source) -> str:
    return "" if isinstance(source, bytes) else printable(source.name)


def _resized(rgb: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The image at the network's size: as a whole, or its centre after the shorter side was resized."""
    size, shorter = preprocessing.size, preprocessing.shorter_side
    width, height = (size, size)
    if shorter is not None:
        # The rules of torchvision's Resize and CenterCrop, which timm, CLIP and DINOv2 were trained with.
        shortest = min(rgb.size)
        width, height = (shorter * side // shortest for side in rgb.size)
        if width * height > LARGEST_PIXELS:
            raise ImageError(f"the image has {rgb.width} x {rgb.height} pixels: too narrow to cut its centre out")
    if rgb.size != (width, height):
        rgb = rgb.resize((width, height), _RESAMPLING[preprocessing.resample])
    left, top = round((width - size) / 2), round((height - size) / 2)
    return rgb if rgb.size == (size, size) else rgb.crop((left, top, left + size, top + size))


def thumbnail(source: Source, longest: int) -> Image.Image:
    """A small picture for people, in RGB, its longer side of at most `longest` pixels.

    It is no picture to compare: one of more than 8 bits is scaled by its own largest value. Raises ImageError.
    """
    with _opened(source) as image:
        if (header := _header(image)) is not None:
            largest = float(_samples(image, source).max())
            image = _eight_bits(image, source, header, depth_of(int(largest), largest))
        image.thumbnail((longest, longest))
        return image.convert("RGB")


def kind_and_size(source: Source) -> tuple[str, tuple[int, int]]:
    """What kind of image a file is, such as jpeg, and its width and height. Raises ImageError."""
    with _opened(source) as image:
        return (image.format or "").lower(), image.size


def _has_frames(image: Image.Image) -> bool:
    # A photograph of format MPO has its preview beside it, which is no other picture.
    if image.format == "MPO":
        return False
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:
        return True  # there is another, and it is damaged


def deep_header(path: str) -> Header | None:
    """What a file says of its samples; None where they have 8 bits, or it can not be read."""
    if suffix_of(path) not in _DEEP_SUFFIXES:
        return None
    try:
        start = read_start(path, 25)
        if start.startswith(_SIGNATURE) and start[24:] != b"\x10":
            return None
        with _opened(Path(path)) as image:
            return _header(image)
    except (FileError, ImageError, OSError):
        return None


def largest_value(path: Path) -> float | None:
    """The largest sample of a file of more than 8 bits; None where it can not be used."""
    try:
        with _opened(path) as image:
            return float(_samples(image, path).max())
    except ImageError:
        return None


@contextmanager
def _opened(source: Source) -> Iterator[Image.Image]:
    """Open an image and look at its size. Everything that goes wrong until the end is an ImageError."""
    with _image_errors(source), warnings.catch_warnings(), opened(source, LARGEST_IMAGE) as file:
        warnings.simplefilter("ignore")
        if not file.peek(1):
            raise ImageError("the image file is empty")
        with Image.open(file, formats=_INSTALLED) as image:
            _check_pixels(*image.size)
            yield image


@contextmanager
def _image_errors(source: Source) -> Iterator[None]:
    """Raise everything that goes wrong as an ImageError."""
    try:
        yield
    except UnidentifiedImageError as error:
        raise ImageError(_unknown_kind(source)) from error
    except ImageError:
        raise
    except FileError as error:
        raise ImageError(f"the image can not be read: {error}") from error
    except OSError as error:
        raise ImageError(f"the image can not be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise ImageError("the image needs more memory than there is") from error
    except Exception as error:
        # Pillow's decoders raise nearly anything for a damaged file: SyntaxError, struct.error, ...
        raise ImageError(f"the image is damaged: {error}") from error


def _check_pixels(width: int, height: int) -> None:
    if width * height > LARGEST_PIXELS:
        raise ImageError(f"the image has {width} x {height} pixels, more than the limit of {LARGEST_PIXELS:,}")


def _unknown_kind(source: Source) -> str:
    suffix = "" if isinstance(source, bytes) else source.suffix.lower()
    if suffix in HEIF_SUFFIXES and not HEIF:
        return f"the image is HEIC, which is read by an extra: {HEIF_ADVICE}"
    return "the file is no image of a known kind"


def _header(image: Image.Image) -> Header | None:
    """What an open image says of samples of more than 8 bits."""
    colour = image.mode != "F" and image.mode not in _DEEP_MODES
    # Of colours that lie in planes Pillow knows the depth by the file's word alone.
    by_tag = image.format == "TIFF" and _greatest(image.tag_v2.get(_BITS_PER_SAMPLE)) > 8  # type: ignore[attr-defined]
    if colour and ";16" not in _raw_mode(image) and not by_tag:
        return None
    return Header(image.mode == "F", colour, _declared(image))


def _raw_mode(image: Image.Image) -> str:
    """How samples lie in the file, in Pillow's words."""
    tiles: Any = getattr(image, "tile", ())
    arguments = tiles[0].args if tiles else ""
    if isinstance(arguments, tuple):
        arguments = arguments[0] if arguments else ""
    return str(arguments)


def _declared(image: Image.Image) -> int | None:
    """The bits of a sample that the file declares, where they are more than 8."""
    if image.format in ("PPM", "JPEG2000") and image.mode != "F":
        # Pillow brings the first to 16 bits by the largest value that the file states; the other states bits.
        return 16 if image.format == "PPM" else None
    if image.format == "TIFF" and image.mode != "F":
        tags = image.tag_v2  # type: ignore[attr-defined]
        bits = _greatest(tags.get(_BITS_PER_SAMPLE))
        if 8 < bits < 16:
            return bits
        # What is no power of two less one is what this picture happens to hold, and declares nothing.
        largest = _greatest(tags.get(_LARGEST_SAMPLE))
        bits = largest.bit_length()
        if 8 < bits <= 16 and largest == highest(bits):
            return bits
    return None


def _greatest(value: Any) -> int:
    numbers = value if isinstance(value, tuple) else (value,)
    return max((int(n) for n in numbers if isinstance(n, int)), default=0)


def _eight_bits(image: Image.Image, source: Source, header: Header, depth: Depth) -> Image.Image:
    """The highest 8 of the bits that count. Raises ImageError where a value needs more bits."""
    bits = depth.bits(header)
    significant = _sbit(source) if image.format == "PNG" else None
    if header.colour and bits == 16 and significant is None and ";16" in _raw_mode(image):
        return image  # Pillow takes the highest 8 of 16
    samples = _samples(image, source)
    if significant is not None and 8 <= significant < 16:
        bits = 16 if _is_spread(samples, significant) else significant
    if bits is None:
        raise ImageError(
            "the image has more than 8 bits a sample and does not say how many count: say --bits N (10, 12, 14 or 16)"
        )
    largest = samples.max()
    if largest > highest(bits):
        declared = header.bits is not None or bits == significant
        hold = f"the {bits} bits that the file declares hold" if declared else f"{bits} bits hold"
        help_ = "" if declared else f": load with --bits {advice(largest)}"
        raise ImageError(f"the image holds the value {largest}, more than {hold}{help_}")
    if _is_white_zero(image):
        samples = highest(bits) - samples
    if bits == UNIT:
        scaled = np.floor(samples * 255.0 + 0.5)
    elif header.floats:
        scaled = np.floor(samples / 2.0 ** (bits - 8))
    else:
        scaled = samples >> (bits - 8)
    return Image.fromarray(scaled.astype(np.uint8))


def _is_white_zero(image: Image.Image) -> bool:
    """Whether 0 is white, which Pillow minds with 8 bits alone."""
    return image.format == "TIFF" and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO  # type: ignore[attr-defined]


def _samples(image: Image.Image, source: Source) -> NDArray[Any]:
    """The samples of an image of more than 8 bits: height x width, or x 3. Raises ImageError where some are none."""
    if image.mode == "F":
        floats = np.asarray(image)
        if np.isnan(floats).any():
            raise ImageError("the image holds values that are no numbers (NaN)")
        if np.isinf(floats).any():
            raise ImageError("the image holds infinite values")
        samples: NDArray[Any] = floats
    elif image.mode in _DEEP_MODES:
        samples = np.asarray(image).astype(np.int64)
    else:
        samples = _colour_samples(image, source)
    if samples.min() < 0:
        raise ImageError("the image holds values below 0")
    return samples


def _colour_samples(image: Image.Image, source: Source) -> NDArray[np.int64]:
    """Colours of 16 bits, of which Pillow gives one half at a time."""
    raw = _raw_mode(image)
    if raw == "LA;16B":
        pairs = _read_as(source, "RGBA").astype(np.int64)
        return pairs[..., 0] << 8 | pairs[..., 1]
    kind, _, order = raw.partition(";16")
    is_planar = image.format == "TIFF" and image.tag_v2.get(_PLANAR, 1) != 1  # type: ignore[attr-defined]
    if kind not in ("RGB", "RGBA", "RGBX") or order not in ("B", "L", "N") or is_planar:
        raise ImageError(
            f"the image has colours of 16 bits that can not be scaled ({raw}): save it as RGB, pixel by pixel"
        )
    little = order == "L" or (order == "N" and sys.byteorder == "little")
    high = np.asarray(image).astype(np.int64)
    low = _read_as(source, f"{kind};16{'B' if little else 'L'}")
    return (high << 8 | low)[..., :3]


def _read_as(source: Source, raw: str) -> NDArray[np.uint8]:
    """The image decoded as if its samples lay in another way."""
    with _opened(source) as image:
        file: Any = image
        tile = file.tile[0]
        file.tile = [tile._replace(args=(raw, *tile.args[1:]) if isinstance(tile.args, tuple) else raw)]
        return np.array(image)


def _is_spread(samples: NDArray[Any], bits: int) -> bool:
    """Whether samples of so many bits were brought to 16.

    By the PNG specification (sBIT) they are, by shifting, repeating or rounding; what cameras write often is not.
    Samples of the first kind have nothing of their own in their lower bits.
    """
    spare = 16 - bits
    lower = samples & highest(spare)
    narrow = (samples * highest(bits) + 32767) // 65535
    return bool(
        samples.max() > highest(bits)
        or not lower.any()
        or (lower == samples >> bits).all()
        or (samples == (narrow * 65535 + highest(bits) // 2) // highest(bits)).all()
    )


def _sbit(source: Source) -> int | None:
    """The most bits that a PNG's chunk sBIT names; it stands before the palette and the pixels."""
    with opened(source, LARGEST_IMAGE) as file:
        file.seek(len(_SIGNATURE))
        while len(head := file.read(8)) == 8:
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind == b"sBIT":
                return max(file.read(min(length, 4)), default=None)
            if kind in (b"IDAT", b"PLTE"):
                return None
            file.seek(length + 4, 1)
    return None
