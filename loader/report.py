"""An evaluation for people: lines of text, or one self-contained HTML page with its mistakes in pictures."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from loader.client import table
from loader.database import Database
from loader.drafts import draft
from loader.rows import Row, rows_of
from loader.terminal import shown, shown_html
from loader.thumbnail import thumbnail

# Whatever a label may have smuggled in, the page runs no script and fetches nothing.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_CLASS_HEADS = ("Class", "Images", "Precision", "Recall", "F1", "Missed", "False alarms")
# Rows of each list of what should be looked at.
_TO_CHECK = 10
_CSS = """
:root { color-scheme: light; --ink: #1a1f26; --soft: #55606d; --line: #d6dce3; --good: #0b6e4f; --bad: #a4262c;
        --paper: #fff; --band: #f4f6f8; --blue: #1f5fa8; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; overflow-wrap: anywhere;
       color: var(--ink); background: var(--paper);
       font: 1rem/1.5 system-ui, "Noto Sans KR", "Malgun Gothic", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
p.note { color: var(--soft); max-width: 46rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; padding: 0; }
.figures div { background: var(--band); border-radius: .5rem; padding: .6rem .8rem; }
.figures dt { color: var(--soft); font-size: .85rem; } .figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
.figures dd small { font-size: .8rem; font-weight: 400; color: var(--soft); display: block; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 20rem; }
th, td { text-align: right; white-space: nowrap; padding: .3rem .7rem; border-bottom: 1px solid var(--line); }
table { overflow-wrap: normal; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--soft); font-weight: 600; }
svg { display: block; max-width: 100%; height: auto; }
.cases { list-style: none; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); }
.case { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; }
.case p { margin: 0 0 .5rem; } .case .pictures { display: grid; grid-template-columns: repeat(4, 1fr); gap: .4rem; }
figure { margin: 0; } figure img, figure .none { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: .25rem;
  border: 3px solid transparent; background: var(--band); }
figure .none { display: grid; place-items: center; color: var(--soft); font-size: .7rem; text-align: center; }
figure.asked img, figure.asked .none { border-color: var(--ink); }
figcaption { font-size: .75rem; line-height: 1.3; }
@media (max-width: 40rem) { th, td { padding: .3rem .4rem; font-size: .85rem; }
  thead th { white-space: normal; } }
.good { color: var(--good); } .bad { color: var(--bad); }
"""


def _summary(database: Database, run_id: int) -> Row:
    (row,) = rows_of(database, "img_report.run_summary", run_id=run_id)
    return row


def _share(value: Any) -> str:
    return "–" if value is None else f"{100 * float(value):.2f} %"


def _settings(run: Row) -> str:
    """How the run was done, in a sentence's worth of words."""
    method = _method(run)
    scope = "within the part" if run["within_part"] else "across parts"
    votes = f"k = {run['k']}, {run['weighting'].lower()} votes"
    if run["weighting"] == "SOFTMAX":
        votes += f" at temperature {float(run['temperature']):g}"
    if run["transform_kind"] in ("LDA", "PROTOTYPE"):
        votes = f"{run['transform_kind']}, classes compared"
    elif run["transform_kind"]:
        votes += f", {run['transform_kind']}"
    only = f", part {run['only_part']} only" if run["only_part"] else ""
    only += f", source {run['source_name']} only" if run["source_name"] else ""
    distance = "" if run["transform_kind"] == "LDA" else f", {run['metric'].lower()} distance"
    index = ""
    if run["approximate"]:
        accuracy = run["target_accuracy"]
        index = ", by the vector index" + (f" (target accuracy {accuracy} %)" if accuracy else "")
    return f"{run['target'].lower()} by {method}, {votes}{distance}, {scope}{only}{index}"


def _method(run: Row) -> str:
    match run["method"]:
        case "LOO":
            return "leave-one-out"
        case "KFOLD":
            return f"{run['folds']}-fold (seed {run['seed']})"
        case "LOGO":
            return f"leave-one-group-out by {run['group_path']}"
        case "TIME":
            time = f"time at {run['group_path']}" if run["group_path"] else "the files' time of change"
            return f"the newest {100 * float(run['test_share']):g} % from the older, by {time}"
        case _:
            return f"the directory {run['test_path']} from all others"


def _copies(run: Row) -> str:
    """How much the accuracy owes to copies, in a sentence; empty for a run that did not look for them."""
    if run["copies"] is None:
        return ""
    if not run["copies"]:
        return f"No tested image has a copy among those that it was compared with (cosine distance {_near(run)})"
    without = "there is no other image" if run["copies"] == run["tested"] else _share(run["accuracy_without_copies"])
    return (
        f"{run['copies']} of {run['tested']} tested images have a copy among those that they were compared with (the "
        f"same file, or cosine distance {_near(run)}); accuracy without them: {without}"
    )


def _near(run: Row) -> str:
    return f"up to {float(run['near_distance']):g}"


def text_lines(database: Database, run_id: int) -> Iterator[str]:
    """The figures of a run as lines of text. Raises DatabaseError."""
    run = _summary(database, run_id)
    yield f"Run {run_id}: {_settings(run)}; model {run['model'] or 'unknown'}"
    yield f"Tested: {run['tested']} of {run['images']} images; right: {run['correct']}"
    yield f"Sources: {_sources(database, run_id)}"
    for reason, images in database.rows("img_report.untested_reasons", p_run_id=run_id):
        yield f"  not tested: {images}, {reason}"
    if not run["tested"]:
        return
    yield (
        f"Accuracy: {_share(run['accuracy'])} (95 % interval {_share(run['accuracy_low'])} to "
        f"{_share(run['accuracy_high'])}); balanced {_share(run['balanced_accuracy'])}; "
        f"macro F1 {_share(run['macro_f1'])}; calibration error {_share(run['expected_calibration_error'])}"
    )
    yield (
        f"Right without looking: {_share(run['majority_share'])} by always saying the commonest class, "
        f"{_share(run['chance_share'])} by chance"
    )
    if copies := _copies(run):
        yield copies
    yield from table(_CLASS_HEADS, _class_rows(database, run_id), 80)
    yield f"Its mistakes in pictures: python -m loader report {run_id}"


def _sources(database: Database, run_id: int) -> str:
    """The sources that a run covers, each with its images."""
    rows = database.rows("img_report.source_figures", p_run_id=run_id)
    return ", ".join(
        f"{name or '(none)'} ({images} images{', forgotten since' if removed else ''})"
        for name, images, *_, removed in rows
    )


def _class_rows(database: Database, run_id: int) -> list[tuple[Any, ...]]:
    """The figures of each class, as _CLASS_HEADS names them."""
    return [
        (name, support, *map(_share, figures))
        for name, support, _, *figures in database.rows("img_report.class_figures", p_run_id=run_id)
    ]


def write(database: Database, run_id: int, path: Path, *, mistakes: int = 24) -> None:
    """Write the report of a run to `path`. Raises DatabaseError, or OSError where it can not be written."""
    run = _summary(database, run_id)
    parts = [
        f"<h1>Evaluation {run_id}: {_share(run['accuracy'])} right</h1>",
        f"<p class='note'>{shown_html(_settings(run))}. Model {shown_html(run['model'] or 'unknown')}, "
        f"{shown_html(run['started_at'])}, data {shown_html(run['fingerprint'] or '')}.</p>",
        f"<p class='note'>Sources: {shown_html(_sources(database, run_id))}.</p>",
        _figures(run),
        f"<p>{shown_html(_copies(run))}.</p>" if run["tested"] and _copies(run) else "",
        _untested(list(database.rows("img_report.untested_reasons", p_run_id=run_id))),
        "<h2>Which classes are taken for which</h2>",
        _confusion(list(database.rows("img_report.confusion_rows", p_run_id=run_id))),
        "<h2>Figures of each class</h2>",
        "<p class='note'>Missed: images of the class that were taken for another. False alarms: images of other "
        "classes that were taken for it, as a share of those.</p>",
        _table(_CLASS_HEADS, _class_rows(database, run_id)),
        "<h2>Figures of each part</h2>",
        _table(
            ["Part", "Images", "Tested", "Right", "Accuracy", "95 % interval"],
            [
                (part or "(none)", images, tested, right, _share(accuracy), f"{_share(low)} – {_share(high)}")
                for part, images, tested, right, accuracy, low, high in database.rows(
                    "img_report.part_figures", p_run_id=run_id
                )
            ],
        ),
        "<h2>If doubtful images are rejected</h2>",
        "<p class='note'>Only the most confident answers are kept: how many that leaves, and how many of "
        "those are right.</p>",
        _coverage(list(database.rows("img_report.coverage_rows", p_run_id=run_id))),
        "<h2>Can the confidence be trusted?</h2>",
        _table(
            ["Confidence (mean)", "Images", "Right"],
            [
                (_share(confidence), images, _share(accuracy))
                for _, images, confidence, accuracy in database.rows("img_report.calibration_rows", p_run_id=run_id)
            ],
        ),
        "<h2>The most confident mistakes</h2>",
        _mistakes(list(database.rows("img_report.mistakes", p_run_id=run_id, p_limit=mistakes))),
        *_to_check(database, run_id),
    ]
    page = (
        "<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>Evaluation {run_id}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )
    _put(path, page)


def _put(path: Path, page: str) -> None:
    """Write the page in one step, so that a report which is cut short leaves the former one."""
    if path.exists() and not path.is_file():
        path.write_text(page, encoding="utf-8")  # a device, such as /dev/stdout
        return
    with draft(path) as place:
        place.write_text(page, encoding="utf-8")


def _figures(run: Row) -> str:
    interval = f"<small>95 %: {_share(run['accuracy_low'])} – {_share(run['accuracy_high'])}</small>"
    chance = _share(run["chance_share"])
    figures = [
        ("Accuracy", _share(run["accuracy"]) + (interval if run["tested"] else "")),
        ("Without copies", f"{_share(run['accuracy_without_copies'])}<small>{_copied(run)}</small>"),
        ("By the commonest class / by chance", f"{_share(run['majority_share'])}<small>{chance}</small>"),
        ("Balanced accuracy", _share(run["balanced_accuracy"])),
        ("F1, macro / weighted", f"{_share(run['macro_f1'])}<small>{_share(run['weighted_f1'])}</small>"),
        ("Calibration error", _share(run["expected_calibration_error"])),
        ("Tested", f"{run['tested']}<small>of {run['images']} images</small>"),
        ("Mistakes", str(run["tested"] - run["correct"])),
    ]
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures)
    return f"<dl class='figures'>{cells}</dl>"


def _copied(run: Row) -> str:
    return "not looked for" if run["copies"] is None else f"{run['copies']} tested images have one"


def _untested(rows: Sequence[tuple[Any, ...]]) -> str:
    if not rows:
        return ""
    listed = "".join(f"<li>{images}: {shown_html(reason)}</li>" for reason, images in rows)
    return f"<p>Not tested:</p><ul>{listed}</ul>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    head = "".join(f"<th scope='col'>{shown_html(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{shown_html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _confusion(rows: Sequence[tuple[Any, ...]]) -> str:
    """The matrix as a picture: a row for each class, shaded by its share of the row."""
    names = sorted({name for actual, predicted, _ in rows for name in (actual, predicted)})
    if not names:
        return "<p>Nothing was tested.</p>"
    counts = {(actual, predicted): images for actual, predicted, images in rows}
    size, left, top = 74, 150, 44
    width, height = left + size * len(names) + 10, top + size * len(names) + 10
    cells = []
    for column, name in enumerate(names):
        cells.append(_text(left + size * (column + 0.5), top - 10, _short(shown(name), 10), "middle", 12, "#1a1f26"))
    for line, actual in enumerate(names):
        total = sum(counts.get((actual, name), 0) for name in names)
        cells.append(_text(left - 10, top + size * (line + 0.5) + 4, _short(shown(actual), 18), "end", 13, "#1a1f26"))
        for column, predicted in enumerate(names):
            images = counts.get((actual, predicted), 0)
            share = images / total if total else 0.0
            tone = (11, 110, 79) if actual == predicted else (164, 38, 44)
            fill = "#" + "".join(f"{round(255 - (255 - c) * share):02x}" for c in tone)
            x, y = left + size * column, top + size * line
            ink = "#ffffff" if share > 0.75 else "#1a1f26"
            cells.append(
                f"<rect x='{x}' y='{y}' width='{size - 2}' height='{size - 2}' fill='{fill}' stroke='#d6dce3'/>"
            )
            cells.append(_text(x + size / 2, y + size / 2 - 2, str(images), "middle", 15, ink))
            cells.append(_text(x + size / 2, y + size / 2 + 15, f"{100 * share:.0f} %", "middle", 11, ink))
    described = "; ".join(f"{images} of {actual} taken for {predicted}" for actual, predicted, images in rows)
    return (
        "<p class='note'>Rows: what an image is. Columns: what it was taken for. Per cent of the row.</p>"
        + _drawing(width, height, f"Confusion matrix: {described}", cells)
    )


def _drawing(width: int, height: int, described: str, parts: Sequence[str]) -> str:
    """A drawing that shrinks on a small screen, though not beyond what can be read, and is scrolled there."""
    return (
        f"<div class='scroll'><svg viewBox='0 0 {width} {height}' width='{width}' style='min-width:{width * 3 // 4}px' "
        f"role='img' aria-label='{shown_html(described)}'>{''.join(parts)}</svg></div>"
    )


def _text(x: float, y: float, text: str, anchor: str, size: int, fill: str) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}' fill='{fill}' "
        f"font-family='system-ui, Noto Sans KR, sans-serif'>{shown_html(text)}</text>"
    )


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"


def _coverage(rows: Sequence[tuple[Any, ...]]) -> str:
    """Accuracy over coverage, as a line."""
    points = [(float(coverage), float(accuracy), float(threshold)) for threshold, coverage, accuracy in rows]
    if not points:
        return "<p>Nothing was tested.</p>"
    lowest = max(0.0, min(accuracy for _, accuracy, _ in points) - 0.05)
    lowest = int(lowest * 20) / 20
    width, height, left, bottom, top = 480, 280, 64, 44, 14

    def place(coverage: float, accuracy: float) -> tuple[float, float]:
        x = left + (width - left - 36) * coverage
        return x, top + (height - bottom - top) * (1 - (accuracy - lowest) / (1 - lowest or 1))

    lines = []
    for step in range(5):
        accuracy = lowest + (1 - lowest) * step / 4
        x, y = place(0, accuracy)
        lines.append(f"<line x1='{x:.1f}' x2='{width - 36}' y1='{y:.1f}' y2='{y:.1f}' stroke='#d6dce3'/>")
        lines.append(_text(x - 8, y + 4, f"{100 * accuracy:.1f} %", "end", 12, "#55606d"))
    for step in range(0, 101, 25):
        x, y = place(step / 100, lowest)
        lines.append(_text(x, y + 18, f"{step} %", "middle", 12, "#55606d"))
    lines.append(_text((left + width) / 2, height - 6, "images answered (coverage)", "middle", 12, "#55606d"))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(coverage, accuracy) for coverage, accuracy, _ in points))
    lines.append(f"<polyline points='{path}' fill='none' stroke='#1f5fa8' stroke-width='2.5'/>")
    if len(points) <= 40:
        lines += [
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='#1f5fa8'/>"
            for x, y in (place(coverage, accuracy) for coverage, accuracy, _ in points)
        ]
    shown = points if len(points) <= 8 else [points[round(i * (len(points) - 1) / 7)] for i in range(8)]
    listed = _table(
        ["Confidence of at least", "Answered", "Right of those"],
        [(f"{threshold:.3f}", _share(coverage), _share(accuracy)) for coverage, accuracy, threshold in shown],
    )
    described = ", ".join(f"{100 * a:.1f} % right at {100 * c:.0f} % answered" for c, a, _ in shown)
    return _drawing(width, height, f"Accuracy over coverage: {described}", lines) + listed


def _mistakes(rows: Sequence[tuple[Any, ...]]) -> str:
    if not rows:
        return "<p>None.</p>"
    cases = []
    for image_id, part, actual, predicted, confidence, source, image_path, neighbours in rows:
        caption = f"<b>{image_id}</b> {shown_html(actual)}"
        pictures = [_picture(source, image_path, f"image {image_id}, {actual}", caption, "asked")]
        for n in json.loads(neighbours or "[]"):
            tone = "good" if n["class"] == actual else "bad"
            name = n["image_id"] or "class"
            caption = f"{name} <span class='{tone}'>{shown_html(n['class'])}</span> {float(n['distance']):.3f}"
            alt = f"neighbour {n['place']}, {name}, {n['class']}"
            if n["image_id"] is None:
                pictures.append(f"<figure><div class='none'>class</div><figcaption>{caption}</figcaption></figure>")
            else:
                pictures.append(_picture(n["source_name"], n["image_path"], alt, caption, ""))
        cases.append(
            f"<li class='case'><p><b class='good'>{shown_html(actual)}</b> taken for "
            f"<b class='bad'>{shown_html(predicted)}</b>, "
            f"confidence {float(confidence):.2f}{f', part {shown_html(part)}' if part else ''}</p>"
            f"<p class='note'>{shown_html(_file(source, image_path))}</p>"
            f"<div class='pictures'>{''.join(pictures)}</div></li>"
        )
    return (
        "<p class='note'>First the image, framed, with its label; then its nearest neighbours with label and distance. "
        "A confident mistake may be a wrong label.</p>"
        f"<ul class='cases'>{''.join(cases)}</ul>"
    )


def _to_check(database: Database, run_id: int) -> Iterator[str]:
    """What a person should look at, by files: doubtful labels, near-duplicates and outliers."""
    yield "<h2>Labels to check</h2>"
    yield _table(
        ["Image", "Label", "Neighbours say", "Votes for the label", "File"],
        [
            (image_id, actual, predicted, _share(votes), _file(source, path))
            for _, image_id, _, actual, predicted, _, votes, _, source, _, path in database.rows(
                "img_review.suspects", p_run_id=run_id, p_limit=_TO_CHECK
            )
        ],
    )
    yield "<h2>Pictures that are nearly the same</h2>"
    yield _table(
        ["Image", "Label", "File", "Other image", "Label", "File", "Distance"],
        [
            (image_id, actual, _file(source, path), other_id, other, _file(other_source, other_path), f"{distance:.4f}")
            for image_id, actual, source, path, other_id, other, other_source, other_path, distance in database.rows(
                "img_review.duplicates_of_run", p_run_id=run_id, p_limit=_TO_CHECK
            )
        ],
    )
    yield "<h2>Pictures far from all others</h2>"
    yield _table(
        ["Image", "Part", "Distance", "Against the part's median", "File"],
        [
            (image_id, part or "(none)", f"{distance:.4f}", f"{float(ratio or 0):.1f} x", _file(source, path))
            for image_id, part, source, path, distance, ratio in database.rows(
                "img_review.outliers_of_run", p_run_id=run_id, p_limit=_TO_CHECK
            )
        ],
    )


def _file(source: str | None, path: str | None) -> str:
    return f"{source}/{path}" if source and path else "put in by no load"


def _picture(source: str | None, image_path: str | None, alt: str, caption: str, kind: str) -> str:
    jpeg = thumbnail(Path(source) / image_path) if source and image_path else None
    content = (
        f"<img src='data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}' alt='{shown_html(alt)}'>"
        if jpeg
        else "<div class='none'>picture not found</div>"
    )
    return f"<figure class='{kind}'>{content}<figcaption>{caption}</figcaption></figure>"
