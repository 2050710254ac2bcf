"""Takes in an ONNX network that was made elsewhere: as a model like those that the export writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import EncodeError
from numpy.typing import NDArray
from onnx import helper

from loader import model as exported
from loader.config import ConfigurationError
from loader.drafts import draft
from loader.export.import_plan import Plan, plan_for, read_network, shown
from loader.export.import_settings import AVERAGE, BGR, NONE, TOKEN, ImportSettings
from loader.export.wrapping import Wrapping, cut_out, wrap
from loader.linear import cosines
from loader.model import Model, Preprocessing, Recipe

_SEED = 20240501
# From here on two vectors are the same but for the rounding of half precision.
_SAME = 0.9999


@dataclass(frozen=True, slots=True)
class Imported:
    """A model that was taken in: `cosine` is the smallest one between its vectors and the network's own."""

    path: Path
    dimension: int
    taken: str
    given: str
    one_by_one: bool
    cosine: float


def import_model(file: Path, name: str, settings: ImportSettings, path: Path) -> Imported:
    """Write the network of `file` as the model `name` to `path`, and compare the two.

    Raises ConfigurationError, with the input or output and its shape, where the settings do not fit the network.
    """
    whole = read_network(file)
    plan = plan_for(whole, settings)
    network, missing = cut_out(whole, plan.input.name, plan.output)
    if missing:
        raise ConfigurationError(f"the output {plan.output} needs {', '.join(missing)} beside {plan.input.name}")
    original = _Original(network, plan, settings)
    features = original.run(_images(plan.size, 1))
    rank, dimension = _vector(plan, features, settings.pooling)
    wrapping = Wrapping(
        size=plan.size,
        type=plan.input.type,
        channels_first=plan.channels_first,
        reverse_channels=settings.channels == BGR,
        normalise=plan.normalise,
        pooling=settings.pooling,
        rank=rank,
        dimension=dimension,
        one_by_one=not original.takes_two(),
    )
    model = wrap(network, wrapping)
    preprocessing = _preprocessing(plan, settings)
    helper.set_model_props(
        model,
        {exported.NAME: name, exported.DIMENSION: str(dimension), exported.PREPROCESSING: preprocessing.to_json()},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft(path) as place:
        place.write_bytes(_serialised(model))
        cosine = _compare(original, Model(place, threads=0))
    given = f"{plan.output} ({shown(features.shape)})"
    return Imported(path, dimension, str(plan.input), given, wrapping.one_by_one, cosine)


def _preprocessing(plan: Plan, settings: ImportSettings) -> Preprocessing:
    """What is recorded of the model."""
    normalisation = f"{settings.channels}, bytes"
    if plan.normalise is not None:
        scale, mean, std = plan.normalise
        listed = [", ".join(f"{value:g}" for value in three) for three in (mean, std)]
        normalisation = f"{settings.channels}, (x / {scale:g} - ({listed[0]})) / ({listed[1]})"
    recipe = Recipe((plan.output,), (settings.pooling,), ("as it is",))
    return Preprocessing(plan.size, settings.interpolation, normalisation, recipe, settings.shorter_side)


def _serialised(model: onnx.ModelProto) -> bytes:
    try:
        return bytes(model.SerializeToString(deterministic=True))
    except (ValueError, EncodeError) as error:
        raise ConfigurationError(f"the network has more than the 2 GB that one ONNX file can hold: {error}") from error


def _vector(plan: Plan, features: NDArray[Any], pooling: str) -> tuple[int, int]:
    """The rank of what the network gives for one image, and the length of the vector that pooling makes of it."""
    shape = features.shape
    described = f"the output {plan.output} is {shown(shape)} for one image"
    if not np.issubdtype(features.dtype, np.floating):
        raise ConfigurationError(f"{described}, of {features.dtype} and not of floats")
    if len(shape) not in (2, 3, 4) or shape[0] != 1:
        raise ConfigurationError(f"{described}, which is no vector, no tokens and no map of features")
    if pooling == NONE:
        if np.prod(shape[2:]) != 1:
            ways = f"--pooling {AVERAGE}" + (f" or --pooling {TOKEN}" if len(shape) == 3 else "")
            raise ConfigurationError(f"{described}, more than a vector: say {ways}")
        return len(shape), shape[1]
    if len(shape) != 3 and (pooling == TOKEN or len(shape) == 2):
        raise ConfigurationError(f"{described}: there is nothing for --pooling {pooling} to take from it")
    return len(shape), shape[plan.channel_axis(len(shape))]


def _images(size: int, count: int) -> NDArray[np.uint8]:
    """Seeded random images."""
    return np.random.default_rng(_SEED).integers(0, 256, (count, size, size, 3), np.uint8)


class _Original:
    """The network as it came, fed by numpy: what the wrapped one is compared with."""

    def __init__(self, network: onnx.ModelProto, plan: Plan, settings: ImportSettings) -> None:
        self.plan = plan
        self.settings = settings
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                _serialised(network), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # ONNX Runtime's exceptions have no common base of their own.
            raise ConfigurationError(f"ONNX Runtime can not run the network: {error}") from error

    def run(self, images: NDArray[np.uint8]) -> NDArray[Any]:
        """What the network gives for RGB images."""
        plan = self.plan
        fed: NDArray[Any] = images[..., ::-1] if self.settings.channels == BGR else images
        if plan.normalise is not None:
            scale, mean, std = plan.normalise
            fed = (fed / scale - np.array(mean)) / np.array(std)
        if plan.channels_first:
            fed = fed.transpose(0, 3, 1, 2)
        fed = np.ascontiguousarray(fed, helper.tensor_dtype_to_np_dtype(plan.input.type))
        try:
            (found,) = self._session.run(None, {plan.input.name: fed})
        except Exception as error:
            raise ConfigurationError(
                f"the network does not run on {shown(fed.shape)} at its input {plan.input}: {error}"
            ) from error
        return np.asarray(found)

    def vectors(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The pooled vectors of RGB images, each run alone."""
        features = np.concatenate([self.run(images[at : at + 1]) for at in range(len(images))]).astype(np.float32)
        if self.settings.pooling == TOKEN:
            return features[:, 0]
        if self.settings.pooling == AVERAGE:
            channel = self.plan.channel_axis(features.ndim)
            features = features.mean(axis=tuple(axis for axis in range(1, features.ndim) if axis != channel))
        return features.reshape(len(images), -1)

    def takes_two(self) -> bool:
        """Whether two images at once give what each gives alone."""
        if self.plan.input.shape[0] == 1:
            return False
        images = _images(self.plan.size, 2)
        try:
            both = self.run(images)
        except ConfigurationError:
            return False  # the first axis is dynamic in the file's words alone
        each = np.concatenate([self.run(images[at : at + 1]) for at in range(2)])
        return both.shape == each.shape and np.allclose(both, each, rtol=1e-2, atol=1e-3 * np.abs(each).max())


def _compare(original: _Original, model: Model) -> float:
    """The smallest cosine between the vectors of three images, all at once, and the network's own, one by one."""
    images = _images(original.plan.size, 3)
    found = model.embed(images)
    if not np.isfinite(found).all():
        raise ConfigurationError(exported.NOT_FINITE)
    cosine = float(cosines(original.vectors(images), found).min())
    if not cosine >= _SAME:
        raise ConfigurationError(
            f"the wrapped network gives other vectors than the network itself (cosine {cosine:.4f}): it was not written"
        )
    return cosine
