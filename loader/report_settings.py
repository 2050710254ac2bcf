"""How a run was done, in a line of words."""

from __future__ import annotations

from collections.abc import Iterator

from loader.report_words import Words
from loader.rows import Row

# Kinds of transforms by which classes are compared, and no neighbours vote.
_OF_CLASSES = ("LDA", "KERNEL", "JOINT", "PROTOTYPE")


def settings(run: Row, words: Words) -> str:
    """The settings of a run, a row of img_report.run_summary."""
    return ", ".join(_settings(run, words))


def _settings(run: Row, words: Words) -> Iterator[str]:
    yield words("{target} by {method}").format(target=words(run["target"].lower()), method=_method(run, words))
    kind = run["transform_kind"]
    if kind == "TUNED":
        yield words("settings chosen for each fold on the others")
    elif kind in _OF_CLASSES:
        yield words("{kind}, classes compared").format(kind=kind)
    else:
        yield _votes(run, words)
        if kind:
            yield kind
    yield from fitting(run, words)
    if kind not in ("LDA", "KERNEL", "JOINT"):
        yield words("{metric} distance").format(metric=words(run["metric"].lower()))
    yield words("within the part" if run["within_part"] else "across parts")
    if run["only_part"]:
        yield words("part {part} only").format(part=run["only_part"])
    if run["source_name"]:
        yield words("source {source} only").format(source=run["source_name"])
    if run["approximate"]:
        accuracy = run["target_accuracy"]
        by_index = "by the vector index (target accuracy {accuracy} %)" if accuracy else "by the vector index"
        yield words(by_index).format(accuracy=accuracy)


def fitting(run: Row, words: Words) -> Iterator[str]:
    """With what the transform of each fold was fitted; nothing where it takes nothing."""
    for name, text in (
        ("shrinkage", "shrinkage {value}"),
        ("outputs", "{value} dimensions"),
        ("kernel_width", "kernel width {value}"),
        ("ridge", "ridge {value}"),
        ("threshold", "numbers told apart at {value}"),
    ):
        if run[name] is not None:
            yield words(text).format(value=f"{float(run[name]):g}")
    if run["grades"] is not None:
        text = words("by {grades} as grades, from {value} on")
        yield text.format(grades=words(run["grades"].lower()), value=f"{float(run['grade_threshold']):g}")


def _votes(run: Row, words: Words) -> str:
    weighting = words(run["weighting"].lower())
    if run["weighting"] != "SOFTMAX":
        return words("k = {k}, {weighting} votes").format(k=run["k"], weighting=weighting)
    text = words("k = {k}, {weighting} votes at temperature {temperature}")
    return text.format(k=run["k"], weighting=weighting, temperature=f"{float(run['temperature']):g}")


def _method(run: Row, words: Words) -> str:
    match run["method"]:
        case "LOO":
            return words("leave-one-out")
        case "KFOLD":
            return words("{folds}-fold (seed {seed})").format(folds=run["folds"], seed=run["seed"])
        case "LOGO":
            return words("leave-one-group-out by {path}").format(path=run["group_path"])
        case "TIME":
            path = run["group_path"]
            time = words("time at {path}").format(path=path) if path else words("the files' time of change")
            share = f"{100 * float(run['test_share']):g}"
            return words("the newest {share} % from the older, by {time}").format(share=share, time=time)
        case _:
            return words("the directory {path} from all others").format(path=run["test_path"])
