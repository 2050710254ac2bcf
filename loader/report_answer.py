"""The opening of the report: how often the answer is right, against what, on how many, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from loader.report_words import Words
from loader.results import ClassFigures
from loader.rows import Row
from loader.terminal import shown_html

# From this share of missed images on a class is worth a word.
_MISSED = 0.1


def answer(run: Row, classes: Sequence[ClassFigures], words: Words) -> str:
    """A heading, two or three sentences, and what to do next."""
    if not run["tested"]:
        return f"<h1>{words('Nothing could be tested.')}</h1>"
    figures = {
        "correct": f"{run['correct']:,}",
        "tested": f"{run['tested']:,}",
        "low": share(run["accuracy_low"]),
        "high": share(run["accuracy_high"]),
        "majority": share(run["majority_share"]),
    }
    sentences = [
        "{correct} of {tested} pictures are recognised.",
        "With more pictures of this kind it would be between {low} and {high} (95 % interval).",
        "Always saying the commonest class would be right in {majority}.",
    ]
    if run["copies"] and run["accuracy_without_copies"] is not None:
        figures |= {"copies": f"{run['copies']:,}", "share": share(run["accuracy_without_copies"])}
        sentences.append(
            "{copies} of the tested pictures have a copy among the others; without them {share} are right."
        )
    if run["labels_changed"]:
        figures["labels"] = f"{run['labels_changed']:,}"
        sentences.append("{labels} labels changed since: evaluate again for the figures of now.")
    heading = words("{share} right").format(share=share(run["accuracy"]))
    said = " ".join(words(sentence).format(**figures) for sentence in sentences)
    steps = "".join(f"<li>{step}</li>" for step in _steps(run, classes, words))
    return (
        f"<h1>{heading}</h1><p class='answer'>{shown_html(said)}</p>"
        f"<h2>{words('What to do next')}</h2><ul class='steps'>{steps}</ul>"
    )


def _steps(run: Row, classes: Sequence[ClassFigures], words: Words) -> Iterator[str]:
    if run["accuracy_low"] is not None and run["accuracy_low"] <= run["majority_share"]:
        yield words("So few pictures do not show that this is better than guessing: label more of each class.")
    if run["correct"] < run["tested"]:
        yield words("Look at the labels to check, below: a confident mistake may be a wrong label.")
    worst = max(classes, key=lambda found: found.miss_rate or 0, default=None)
    if worst is not None and (worst.miss_rate or 0) >= _MISSED:
        text = words("Of {name}, {share} are missed: load more pictures of it, or ask what fewer would cost:")
        text = text.format(name=worst.class_name, share=share(worst.miss_rate))
        yield f"{shown_html(text)} {_command(f'thresholds --class {shlex.quote(worst.class_name)} --miss-rate 0.01')}"
    if run["transform_kind"] is None:
        target = run["target"].lower()
        step = _command(f"evaluate --method kfold --transform lda --target {target}")
        yield f"{words('Try a fitted transform, which often is right more often:')} {step}"
    else:
        yield f"{words('Classify new pictures:')} {_command('fit NAME')} {_command('classify IMAGE --transform NAME')}"


def _command(text: str) -> str:
    return f"<code>python -m loader {shown_html(text)}</code>"


def share(value: float | None) -> str:
    """A share as per cent, with two digits."""
    return "–" if value is None else f"{100 * float(value):.2f} %"
