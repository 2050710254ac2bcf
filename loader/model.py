"""An exported model: an ONNX file that says of itself what it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loader import depth
from loader.config import MODELS_DIRECTORY, ConfigurationError
from loader.files import identity
from loader.runtimes import ONNX_RUNTIME, OPENVINO_BFLOAT16, runner

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from loader.database import Database

# Keys of the ONNX file's metadata, written by the export and read here.
NAME, DIMENSION, PREPROCESSING = "name", "dimension", "preprocessing"
DEFAULT = "densenet121"
# Ends the name of a quantised model, which is never taken unasked.
INT8 = "-int8"
# How a network's vector is made: by averaging its end, or of its middle layers (loader.export.recipes).
AVG, DEFECTS = "avg", "defects"
RECIPES = (AVG, DEFECTS)
# How an image is resized; Pillow's filters of these names.
RESAMPLES = ("nearest", "bilinear", "bicubic")

# Why an embedding can not be stored or compared: no database takes such a vector (ORA-51805).
NOT_FINITE = "the model gives a value that is not a number or infinite"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which layers' outputs make the vector, pooled over positions how, and averaged over which mirrored views.

    It describes what the graph does; a model without one gives what its network gives.
    """

    layers: tuple[str, ...]
    pooling: tuple[str, ...]
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is done to an image before the network: RGB, resized to `size` x `size` by `resample`.

    With `shorter_side` the image's shorter side is resized to it instead, and the centre is cut out. `normalisation`
    and `recipe` name what the graph itself does; they are here to be recorded, as is the rule for samples of more than
    8 bits, which is the same for every model.
    """

    size: int
    resample: str
    normalisation: str
    recipe: Recipe | None = None
    shorter_side: int | None = None

    def to_json(self) -> str:
        """As it is recorded in the file and in the database."""
        facts = {"size": self.size, "resample": self.resample, "normalisation": self.normalisation}
        recipe = {} if self.recipe is None else {"recipe": asdict(self.recipe)}
        crop = {} if self.shorter_side is None else {"shorter_side": self.shorter_side}
        return json.dumps(facts | {"depth": depth.RULE} | recipe | crop)

    @classmethod
    def from_json(cls, text: str) -> Preprocessing:
        """What to_json wrote. Raises KeyError or ValueError for anything else."""
        value = json.loads(text)
        recipe = value.get("recipe")
        if value["resample"] not in RESAMPLES:
            raise ValueError(f"the resampling {value['resample']} is none of {', '.join(RESAMPLES)}")
        return cls(
            int(value["size"]),
            str(value["resample"]),
            str(value["normalisation"]),
            recipe and Recipe(*(tuple(recipe[key]) for key in ("layers", "pooling", "views"))),
            value.get("shorter_side"),
        )


class Model:
    """A model ready to embed. Safe to call from several threads at once.

    `threads` are those one call may use; with several callers, one each is fastest. In bfloat16 it is another
    model, with a name of its own: embeddings of the two are never compared unnoticed.
    """

    def __init__(self, path: Path, threads: int = 1, runtime: str = ONNX_RUNTIME) -> None:
        self.path = path
        before = identity(path.stat())
        run = runner(path, runtime, threads)
        try:
            self.name: str = run.metadata[NAME] + ("-bfloat16" if runtime == OPENVINO_BFLOAT16 else "")
            self.dimension = int(run.metadata[DIMENSION])
            self.preprocessing = Preprocessing.from_json(run.metadata[PREPROCESSING])
        except KeyError as error:
            raise ConfigurationError(
                f"{path} says no {error.args[0]} in its metadata: export it by `python -m loader export`"
            ) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{path} has metadata that are not a model's: {error}") from error
        if run.size not in (None, self.preprocessing.size) or run.dimension not in (None, self.dimension):
            raise ConfigurationError(
                f"{path} says in its metadata that it takes {self.preprocessing.size} pixels and gives "
                f"{self.dimension} dimensions, and its graph says {run.size} and {run.dimension}"
            )
        self._embed = run.embed
        self.provider: str = run.provider
        self.file_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        if identity(path.stat()) != before:
            raise ConfigurationError(f"{path} changed while it was read, such as by an export: run this again")

    def embed(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embeddings (n x dimension) of RGB images (n x size x size x 3)."""
        return self._embed(images)


def register_model(database: Database, model: Model, *, replace: bool = False) -> int:
    """The database's number of the model. Raises DatabaseError where another one made the embeddings."""
    return int(
        database.value(
            "img_store.use_model",
            p_name=model.name,
            p_file_hash=model.file_hash,
            p_dimension=model.dimension,
            p_preprocessing=model.preprocessing.to_json(),
            p_replace=int(replace),
        )
    )


def model_name(network: str, recipe: str) -> str:
    """The name of a network exported by a recipe, and of its file."""
    return network if recipe == AVG else f"{network}-{recipe}"


def _export_options(name: str | None) -> str:
    """The options by which the model of a name is exported."""
    if name is None:
        return ""
    network = name.removesuffix(f"-{DEFECTS}")
    return f" --model {network}" + ("" if network == name else f" --recipe {DEFECTS}")


def find(name: str | None = None, directory: Path = MODELS_DIRECTORY) -> Path:
    """The ONNX file of a model: a path, a name in `directory`, or where none is given densenet121.

    Without a name, the only model that is not quantised serves where densenet121 was not exported. Raises
    ConfigurationError that names the command to run.
    """
    if name is not None and (name.endswith(".onnx") or "/" in name):
        if not Path(name).is_file():
            raise ConfigurationError(f"the model file {name} does not exist")
        return Path(name)
    wanted = directory / f"{name or DEFAULT}.onnx"
    if wanted.is_file():
        return wanted
    present = sorted(directory.glob("*.onnx"))
    exact = [path for path in present if not path.stem.endswith(INT8)]
    if name is None and len(exact) == 1:
        return exact[0]
    listed = f" (there is {', '.join(path.stem for path in present)}: choose one by --model)" if present else ""
    raise ConfigurationError(
        f"no model {name or DEFAULT} in {directory}{listed}: export it by `python -m loader export"
        f"{_export_options(name)}`"
    )
