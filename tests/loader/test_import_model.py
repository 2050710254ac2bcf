"""A network of the user's own becomes a model: bytes in, vectors out, whatever its layout, batch and precision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

onnx = pytest.importorskip("onnx", reason="onnx is not installed")

import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

from loader import cli, import_command  # noqa: E402
from loader.config import ConfigurationError  # noqa: E402
from loader.database import Database  # noqa: E402
from loader.export.import_model import Imported, import_model  # noqa: E402
from loader.export.import_settings import ImportSettings, read_settings  # noqa: E402
from loader.model import Model  # noqa: E402
from tests.loader.conftest import Make  # noqa: E402
from tests.loader.foreign_models import FEATURES, SIZE, foreign_model, save  # noqa: E402
from tests.loader.test_cli import Loader, loader  # noqa: E402

__all__ = ["loader"]

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
IMAGES = np.random.default_rng(9).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)


def taken_in(file: Path, **settings: Any) -> tuple[Imported, Model]:
    given = {"mean": MEAN, "std": STD} | settings
    path = file.with_name("models") / "taken.onnx"
    imported = import_model(file, "taken", ImportSettings(**given), path)
    return imported, Model(path)


def features(
    file: Path, output: str, *, first: bool = True, bgr: bool = False, dtype: Any = np.float32
) -> NDArray[Any]:
    """What the network itself gives for IMAGES, fed by numpy one by one."""
    pixels = ((IMAGES[..., ::-1] if bgr else IMAGES) / 255 - np.array(MEAN)) / np.array(STD)
    fed = (pixels.transpose(0, 3, 1, 2) if first else pixels).astype(dtype)
    session = onnxruntime.InferenceSession(str(file))
    return np.concatenate([session.run([output], {"pixels": fed[at : at + 1]})[0] for at in range(len(fed))])


@pytest.mark.parametrize("batch", ["batch", 1])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_the_average_over_positions(tmp_path: Path, layout: str, batch: str | int) -> None:
    file = foreign_model(tmp_path / "net.onnx", layout=layout, batch=batch)
    imported, model = taken_in(file, pooling="average")
    first = layout == "nchw"
    expected = features(file, "map", first=first).mean(axis=(2, 3) if first else (1, 2))
    np.testing.assert_allclose(model.embed(IMAGES), expected, rtol=1e-4, atol=1e-5)
    assert (model.name, model.dimension, model.preprocessing.size) == ("taken", FEATURES, SIZE)
    assert imported.one_by_one == (batch == 1)
    assert imported.cosine > 0.99999


@pytest.mark.parametrize("batch", ["batch", 1])
@pytest.mark.parametrize(
    ("output", "pooling", "expected"),
    [
        ("tokens", "token", lambda tokens: tokens[:, 0]),
        ("tokens", "average", lambda tokens: tokens.mean(axis=1)),
        ("vector", "none", lambda vector: vector),
        ("mean", "none", lambda mean: mean[:, :, 0, 0]),
        ("raw", "average", lambda inside: inside.mean(axis=(2, 3))),
    ],
)
def test_one_of_several_outputs_or_a_value_inside(
    tmp_path: Path, batch: str | int, output: str, pooling: str, expected: Any
) -> None:
    file = foreign_model(tmp_path / "net.onnx", batch=batch, outputs=("map", "tokens", "vector"))
    both = onnx.load(file)
    both.graph.output.extend([onnx.ValueInfoProto(name=name) for name in ("mean", "raw")])
    save(both, tmp_path / "all.onnx")
    _, model = taken_in(file, output=output, pooling=pooling)
    np.testing.assert_allclose(
        model.embed(IMAGES), expected(features(tmp_path / "all.onnx", output)), rtol=1e-4, atol=1e-5
    )
    assert model.preprocessing.recipe is not None
    assert (model.preprocessing.recipe.layers, model.preprocessing.recipe.pooling) == ((output,), (pooling,))


def test_channels_in_the_other_order(tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx", outputs=("vector",))
    _, model = taken_in(file, channels="bgr")
    np.testing.assert_allclose(model.embed(IMAGES), features(file, "vector", bgr=True), rtol=1e-4, atol=1e-5)


def test_half_precision(tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx", kind=TensorProto.FLOAT16, outputs=("vector",))
    imported, model = taken_in(file)
    found = model.embed(IMAGES)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, features(file, "vector", dtype=np.float16), rtol=1e-2, atol=1e-2)
    assert imported.cosine > 0.9999


def test_a_scale_of_1_leaves_the_bytes_their_range(tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx", outputs=("vector",))
    _, usual = taken_in(file)
    expected = usual.embed(IMAGES)
    bytes_mean, bytes_std = (tuple(255 * value for value in three) for three in (MEAN, STD))
    _, model = taken_in(file, scale=1.0, mean=bytes_mean, std=bytes_std)
    np.testing.assert_allclose(model.embed(IMAGES), expected, rtol=1e-4, atol=1e-5)


def test_a_network_that_takes_bytes(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["floats"], ["vector"], axes=[1, 2], keepdims=0),
        ],
        "bytes",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 3])],
    )
    file = save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7), tmp_path / "b.onnx"
    )
    _, model = taken_in(file, mean=None, std=None)
    np.testing.assert_allclose(model.embed(IMAGES), IMAGES.mean(axis=(1, 2)), rtol=1e-5)
    with pytest.raises(ConfigurationError, match="takes bytes as they are"):
        taken_in(file)


def test_a_batch_that_is_dynamic_in_words_alone_is_run_one_by_one(tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx", outputs=("tokens",), reshape_to=1)
    imported, model = taken_in(file, pooling="token")
    assert imported.one_by_one
    np.testing.assert_allclose(model.embed(IMAGES), features(file, "tokens")[:, 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("opset", [11, 13, 18, 21])
def test_the_network_keeps_its_operator_set(tmp_path: Path, opset: int) -> None:
    file = foreign_model(tmp_path / "net.onnx", opset=opset, outputs=("vector",))
    _, model = taken_in(file)
    np.testing.assert_allclose(model.embed(IMAGES), features(file, "vector"), rtol=1e-4, atol=1e-5)
    (domain,) = onnx.load(model.path).opset_import
    assert domain.version == opset


def test_an_input_that_the_output_does_not_need_falls_away(tmp_path: Path) -> None:
    """As the words of a network that was trained on pictures and words."""
    whole = onnx.load(foreign_model(tmp_path / "net.onnx", outputs=("vector",)))
    whole.graph.input.append(helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", FEATURES]))
    whole.graph.node.append(helper.make_node("Mul", ["vector", "words"], ["likeness"]))
    whole.graph.output.append(helper.make_tensor_value_info("likeness", TensorProto.FLOAT, ["batch", FEATURES]))
    file = save(whole, tmp_path / "both.onnx")
    _, model = taken_in(file, input="pixels", output="vector")
    assert model.dimension == FEATURES
    with pytest.raises(ConfigurationError, match="the output likeness needs words beside pixels"):
        taken_in(file, input="pixels", output="likeness")
    with pytest.raises(ConfigurationError, match=r"--input .* pixels \(float32, batch x 3 x 16 x 16\), words \(float"):
        taken_in(file, output="vector")


def test_a_branch_that_reads_values_from_around_it(tmp_path: Path) -> None:
    whole = onnx.load(foreign_model(tmp_path / "net.onnx", outputs=("vector",)))

    def branch(kind: str) -> Any:
        out = helper.make_tensor_value_info(kind, TensorProto.FLOAT, None)
        return helper.make_graph([helper.make_node(kind, ["vector"], [kind])], kind, [], [out])

    whole.graph.node.extend(
        [
            helper.make_node("Constant", [], ["yes"], value=onnx.numpy_helper.from_array(np.array(True))),
            helper.make_node("If", ["yes"], ["chosen"], then_branch=branch("Neg"), else_branch=branch("Abs")),
        ]
    )
    whole.graph.output[0].CopyFrom(helper.make_tensor_value_info("chosen", TensorProto.FLOAT, ["batch", FEATURES]))
    file = save(whole, tmp_path / "if.onnx")
    _, model = taken_in(file)
    np.testing.assert_allclose(model.embed(IMAGES), features(file, "chosen"), rtol=1e-4, atol=1e-5)


def test_a_network_with_functions_of_its_own(tmp_path: Path) -> None:
    whole = onnx.load(foreign_model(tmp_path / "net.onnx", outputs=("vector",)))
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    twice = helper.make_function("own", "Twice", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])], sets[:1])
    whole.graph.node.append(helper.make_node("Twice", ["vector"], ["doubled"], domain="own"))
    whole.graph.output[0].name = "doubled"
    calling = helper.make_model(whole.graph, functions=[twice], opset_imports=sets, ir_version=8)
    file = save(calling, tmp_path / "functions.onnx")
    _, model = taken_in(file)
    np.testing.assert_allclose(model.embed(IMAGES), features(file, "doubled"), rtol=1e-4, atol=1e-5)


def test_weights_in_a_file_beside_it(tmp_path: Path) -> None:
    whole = onnx.load(foreign_model(tmp_path / "net.onnx", outputs=("vector",)))
    file = tmp_path / "outside.onnx"
    onnx.save(whole, file, save_as_external_data=True, location="weights.bin", size_threshold=1000)
    _, model = taken_in(file)
    expected = features(file, "vector")
    (tmp_path / "weights.bin").unlink()
    np.testing.assert_allclose(model.embed(IMAGES), expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ConfigurationError, match=r"can not be read as an ONNX model: .*weights.bin"):
        taken_in(file)


FAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a map is no vector": ({}, {}, r"the output map is 1 x 6 x 4 x 4 for one image, more .*: say --pooling average$"),
    "tokens are no vector": ({"outputs": ("tokens",)}, {}, "say --pooling average or --pooling token"),
    "no token in a map": ({}, {"pooling": "token"}, "nothing for --pooling token to take"),
    "nothing to average": ({"outputs": ("vector",)}, {"pooling": "average"}, "nothing for --pooling average"),
    "classes are no floats": ({"outputs": ("classes",)}, {}, "1 x 1 for one image, of int64 and not of floats"),
    "several outputs": (
        {"outputs": ("map", "vector")},
        {},
        r"say by --output .*: map \(float32, batch x 6 x 4 x 4\), vector \(float32, batch x 6\)",
    ),
    "no such output": ({}, {"output": "pooled"}, "has no output pooled: map"),
    "no such input": ({}, {"input": "x"}, r"has no input x: pixels \(float32, batch x 3 x 16 x 16\)"),
    "another layout": ({}, {"layout": "nhwc"}, r"pixels \(float32, batch x 3 x 16 x 16\) is not of the layout nhwc"),
    "another size": ({}, {"size": 224}, r"batch x 3 x 16 x 16\) takes images of 16 pixels, not --size 224"),
    "any size": ({"size": "s"}, {}, r"batch x 3 x s x s\) takes images of any size: say --size N"),
    "too small a side": ({}, {"shorter_side": 8}, "--shorter-side 8 is less than the 16 pixels"),
    "two at once": ({"batch": 2}, {}, r"pixels \(float32, 2 x 3 x 16 x 16\) takes 2 images at once"),
    "no normalisation": ({}, {"mean": None}, "say by --mean and --std how it was trained"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_settings_that_do_not_fit_are_refused_by_the_shape(tmp_path: Path, name: str) -> None:
    network, settings, message = FAULTS[name]
    file = foreign_model(tmp_path / "net.onnx", **network)
    with pytest.raises(ConfigurationError, match=message):
        taken_in(file, **settings)
    assert not (tmp_path / "models" / "taken.onnx").exists()


def test_an_input_of_any_size_is_taken_at_the_one_that_is_said(tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx", size="s")
    _, model = taken_in(file, size=SIZE, pooling="average")
    np.testing.assert_allclose(model.embed(IMAGES), features(file, "map").mean(axis=(2, 3)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (["n", 1, 28, 28], "n x 1 x 28 x 28.* has no axis of 3 channels"),
        (["n", 3, 16, 24], "n x 3 x 16 x 24.* takes images that are not square"),
        (["n", 3, 5, 3], "does not tell where its channels are: say --layout"),
        (["n", "a", "b", "c"], "does not tell where its channels are"),
        (["n", 768], r"pixels \(float32, n x 768\) takes no images"),
    ],
)
def test_an_input_that_takes_no_pictures(tmp_path: Path, shape: list[Any], message: str) -> None:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["pixels"], ["out"])],
        "g",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
    )
    file = save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "n.onnx"
    )
    with pytest.raises(ConfigurationError, match=message):
        taken_in(file)


def test_a_file_that_is_no_network(tmp_path: Path) -> None:
    for name, content in {"text.onnx": b"this is text, and no protocol buffer", "empty.onnx": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigurationError, match=f"{name} can not be read as an ONNX model"):
            taken_in(tmp_path / name)


def test_settings_of_a_file_and_of_options(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"mean": [0.5, 0.5, 0.5], "std": [1, 1, 1], "size": 224, "pooling": "token"}))
    found = read_settings({"size": "256", "mean": None, "shorter_side": "300"}, file)
    assert found == ImportSettings(
        mean=(0.5, 0.5, 0.5), std=(1.0, 1.0, 1.0), size=256, pooling="token", shorter_side=300
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "can not be read as JSON"),
        ("[]", "holds no JSON object of settings"),
        ('{"means": 1}', "unknown setting means: choose from input, output, layout"),
        ('{"mean": [1, 2]}', "mean must be three numbers such as .*, not 1,2"),
        ('{"std": [0, 1, 1]}', "std must be three numbers above 0"),
        ('{"scale": 0}', "scale must be a number above 0, not 0"),
        ('{"size": 0}', "size must be a whole number from 1 to 4096, not 0"),
        ('{"layout": "chw"}', "layout must be nchw or nhwc, not chw"),
        ('{"interpolation": "cubic"}', "interpolation must be nearest, bilinear or bicubic, not cubic"),
        ('{"input": ""}', "input must be a name, not empty"),
    ],
)
def test_a_settings_file_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        read_settings({}, tmp_path / "s.json")


def test_pictures_are_loaded_by_a_network_of_ones_own(
    installed: Database, root: Path, make: Make, tmp_path: Path
) -> None:
    from loader.load import load

    for number in range(4):
        make(f"labels/a/b/{number}.json")
    file = foreign_model(tmp_path / "net.onnx", batch=1)
    _, model = taken_in(file, pooling="average", shorter_side=20)
    assert load(installed, root, model).stored == 4
    ((recorded,),) = installed.execute("select preprocessing from image_model").rows
    facts = json.loads(recorded)
    assert (facts["size"], facts["shorter_side"], facts["resample"]) == (SIZE, 20, "bicubic")
    assert facts["normalisation"] == "rgb, (x / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)"


def test_the_command(loader: Loader, tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx")
    wrong = loader("import-model", file, "--mean", "0.5")
    assert wrong.returncode == 2
    assert "--mean: must be three numbers such as 0.485,0.456,0.406, not 0.5" in wrong.stderr
    missing = loader("import-model", tmp_path / "none.onnx")
    assert missing.returncode == 2
    assert "does not exist" in missing.stderr
    name = loader("import-model", file, "--name", "a/b")
    assert name.returncode == 2
    assert "a/b is no name of a model" in name.stderr


def test_a_model_of_that_name_is_replaced_by_request_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(import_command, "MODELS_DIRECTORY", tmp_path / "models")
    file = foreign_model(tmp_path / "net.onnx")
    command = ["import-model", str(file), "--mean", "0,0,0", "--std", "1,1,1", "--pooling", "average"]
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert "Takes pixels (float32, batch x 3 x 16 x 16), gives map (1 x 6 x 4 x 4)" in said
    assert f"{tmp_path / 'models' / 'net.onnx'}: 6 dimensions, smallest cosine to the network itself " in said
    assert cli.main(command) == 2
    assert "is there already: choose another --name, or replace it by --force" in capsys.readouterr().err
    former = Model(tmp_path / "models" / "net.onnx").file_hash
    assert cli.main([*command, "--force", "--channels", "bgr"]) == 0
    assert Model(tmp_path / "models" / "net.onnx").file_hash != former


@pytest.mark.parametrize("batch", ["batch", 1])
def test_openvino_runs_it_too(tmp_path: Path, batch: str | int) -> None:
    pytest.importorskip("openvino")
    file = foreign_model(tmp_path / "net.onnx", batch=batch)
    _, model = taken_in(file, pooling="average")
    other = Model(model.path, runtime="openvino")
    np.testing.assert_allclose(other.embed(IMAGES), model.embed(IMAGES), rtol=1e-3, atol=1e-4)
    with pytest.raises(ConfigurationError, match=r"takes pixels \(float32, .*import-model"):
        Model(file, runtime="openvino")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dimension": "7"}, "gives 7 dimensions, and its graph says 16 and 6"),
        ({"dimension": "six"}, "metadata that are not a model's"),
        ({"preprocessing": "{}"}, "says no resample in its metadata"),
        ({"preprocessing": "nothing"}, "metadata that are not a model's"),
        (
            {"preprocessing": '{"size": 16, "resample": "cubic", "normalisation": "x"}'},
            "the resampling cubic is none of nearest, bilinear, bicubic",
        ),
    ],
)
def test_metadata_that_contradict_the_graph(tmp_path: Path, changed: dict[str, str], message: str) -> None:
    _, model = taken_in(foreign_model(tmp_path / "net.onnx"), pooling="average")
    graph = onnx.load(model.path)
    known = {entry.key: entry.value for entry in graph.metadata_props}
    helper.set_model_props(graph, known | changed)
    with pytest.raises(ConfigurationError, match=message):
        Model(save(graph, tmp_path / "changed.onnx"))


def test_a_network_that_was_not_taken_in_is_named_with_its_shapes(loader: Loader, root: Path, tmp_path: Path) -> None:
    file = foreign_model(tmp_path / "net.onnx")
    done = loader(root, "--model", file)
    assert done.returncode == 2
    assert f"{file} takes pixels (float32, n x 3 x 16 x 16) and gives map (float32, n x 6 x 4 x 4)" in done.stderr
    assert f"import-model {file}" in done.stderr
