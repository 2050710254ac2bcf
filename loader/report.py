"""An evaluation for people: lines of text, or one self-contained HTML page with its mistakes in pictures."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from loader.client import table
from loader.database import Database
from loader.drafts import draft
from loader.export_data import embeddings
from loader.report_answer import answer, share
from loader.report_words import Words, words_of
from loader.results import ClassFigures
from loader.rows import Row, rows_of
from loader.stored_file import stored_file
from loader.terminal import shown, shown_html
from loader.thumbnail import thumbnail

# Whatever a label may have smuggled in, the page runs no script and fetches nothing.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_CLASS_HEADS = ("Class", "Images", "Precision", "Recall", "F1", "Missed", "False alarms")
# Rows of each list of what should be looked at.
_TO_CHECK = 10
# Neighbours that are shown beside a mistake, and classes up to which the matrix has wide cells.
_NEIGHBOURS = 3
_FEW_CLASSES = 8
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
p.answer { font-size: 1.15rem; max-width: 46rem; } .steps li { margin: .3rem 0; max-width: 52rem; }
code { background: var(--band); padding: .1rem .3rem; border-radius: .25rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .scroll { overflow: visible; }
  svg { min-width: 0 !important; } h2 { break-after: avoid; } .case, tr, .figures div { break-inside: avoid; }
  * { print-color-adjust: exact; } }
"""


def summary(database: Database, run_id: int) -> Row:
    """The figures of a run, as img_report.run_summary gives them. Raises DatabaseError."""
    (row,) = rows_of(database, "img_report.run_summary", run_id=run_id)
    return row


def _settings(run: Row) -> str:
    """How the run was done, in a sentence's worth of words."""
    method = _method(run)
    scope = "within the part" if run["within_part"] else "across parts"
    votes = f"k = {run['k']}, {run['weighting'].lower()} votes"
    if run["weighting"] == "SOFTMAX":
        votes += f" at temperature {float(run['temperature']):g}"
    if run["transform_kind"] in ("LDA", "KERNEL", "JOINT", "PROTOTYPE"):
        votes = f"{run['transform_kind']}{fitting_words(run)}, classes compared"
    elif run["transform_kind"] == "TUNED":
        votes = f"settings chosen for each fold on the others{fitting_words(run)}"
    elif run["transform_kind"]:
        votes += f", {run['transform_kind']}{fitting_words(run)}"
    only = f", part {run['only_part']} only" if run["only_part"] else ""
    only += f", source {run['source_name']} only" if run["source_name"] else ""
    distance = "" if run["transform_kind"] in ("LDA", "KERNEL", "JOINT") else f", {run['metric'].lower()} distance"
    index = ""
    if run["approximate"]:
        accuracy = run["target_accuracy"]
        index = ", by the vector index" + (f" (target accuracy {accuracy} %)" if accuracy else "")
    return f"{run['target'].lower()} by {method}, {votes}{distance}, {scope}{only}{index}"


def fitting_words(run: Row) -> str:
    """With what the transform of each fold was fitted, in parentheses; empty where it takes nothing."""
    words = [
        f"{word} {float(run[name]):g}"
        for name, word in (
            ("shrinkage", "shrinkage"),
            ("outputs", "dimensions"),
            ("kernel_width", "kernel width"),
            ("ridge", "ridge"),
            ("threshold", "threshold"),
        )
        if run[name] is not None
    ]
    if run["grades"] is not None:
        words.append(f"by grades of {run['grades'].lower()} from {float(run['grade_threshold']):g} on")
    return f" ({', '.join(words)})" if words else ""


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
    without = "there is no other image" if run["copies"] == run["tested"] else share(run["accuracy_without_copies"])
    return (
        f"{run['copies']} of {run['tested']} tested images have a copy among those that they were compared with (the "
        f"same file, or cosine distance {_near(run)}); accuracy without them: {without}"
    )


def _near(run: Row) -> str:
    return f"up to {float(run['near_distance']):g}"


def text_lines(database: Database, run_id: int) -> Iterator[str]:
    """The figures of a run as lines of text. Raises DatabaseError."""
    run = summary(database, run_id)
    yield f"Run {run_id}: {_settings(run)}; model {run['model'] or 'unknown'}"
    yield f"Tested: {run['tested']} of {run['images']} images; right: {run['correct']}"
    yield f"Sources: {_sources(database, run_id)}"
    for reason, images in database.rows("img_report.untested_reasons", p_run_id=run_id):
        yield f"  not tested: {images}, {reason}"
    if not run["tested"]:
        return
    yield (
        f"Accuracy: {share(run['accuracy'])} (95 % interval {share(run['accuracy_low'])} to "
        f"{share(run['accuracy_high'])}); balanced {share(run['balanced_accuracy'])}; "
        f"macro F1 {share(run['macro_f1'])}; calibration error {share(run['expected_calibration_error'])}"
    )
    yield (
        f"Right without looking: {share(run['majority_share'])} by always saying the commonest class, "
        f"{share(run['chance_share'])} by chance"
    )
    for threshold, _, rmse, mae, spearman in database.rows("img_report.graded_figures", p_run_id=run_id):
        correlation = "none" if spearman is None else f"{float(spearman):.4f}"
        yield (
            f"Predicted numbers: RMSE {float(rmse):.4f}, mean absolute error {float(mae):.4f}, Spearman's correlation "
            f"{correlation}; classes from {float(threshold):g} on"
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
        (name, support, *map(share, figures))
        for name, support, _, *figures in database.rows("img_report.class_figures", p_run_id=run_id)
    ]


def write(database: Database, run_id: int, path: Path, *, mistakes: int = 24, language: str = "en") -> None:
    """Write the report of a run to `path`, in English (en) or Korean (ko).

    The settings, and texts of the database, stay as they are. Raises DatabaseError, ConfigurationError for another
    language, or OSError where it can not be written.
    """
    words = words_of(language)
    run = summary(database, run_id)
    classes = [ClassFigures.of(row) for row in rows_of(database, "img_report.class_figures", run_id=run_id)]
    model = f"{words('Model')} {run['model'] or '–'}, {run['started_at']}, {words('data')} {run['fingerprint'] or '–'}."
    parts = [
        answer(run, classes, words),
        f"<p class='note'>{shown_html(_settings(run))}. {shown_html(model)}</p>",
        f"<p class='note'>{words('Sources')}: {shown_html(_sources(database, run_id))}.</p>",
        _figures(run, words),
        _untested(list(database.rows("img_report.untested_reasons", p_run_id=run_id)), words),
        *_class_sections(database, run_id, words),
        *_confidence_sections(database, run_id, words),
        f"<h2>{words('The most confident mistakes')}</h2>",
        _mistakes(database, run, list(database.rows("img_report.mistakes", p_run_id=run_id, p_limit=mistakes)), words),
        *_to_check(database, run_id, words),
    ]
    page = (
        f"<!doctype html>\n<html lang='{language}'>\n<head>\n<meta charset='utf-8'>\n"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>Evaluation {run_id}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )
    _put(path, page)


def _class_sections(database: Database, run_id: int, words: Words) -> Iterator[str]:
    yield f"<h2>{words('Which classes are taken for which')}</h2>"
    yield _confusion(list(database.rows("img_report.confusion_rows", p_run_id=run_id)), words)
    yield f"<h2>{words('Figures of each class')}</h2>"
    yield _note(
        words(
            "Missed: images of the class that were taken for another. False alarms: images of other classes that were "
            "taken for it, as a share of those."
        )
    )
    yield _table(map(words, _CLASS_HEADS), _class_rows(database, run_id))
    yield f"<h2>{words('Figures of each part')}</h2>"
    yield _table(
        map(words, ("Part", "Images", "Tested", "Right", "Accuracy", "95 % interval")),
        [
            (part or "–", images, tested, right, share(accuracy), f"{share(low)} – {share(high)}")
            for part, images, tested, right, accuracy, low, high in database.rows(
                "img_report.part_figures", p_run_id=run_id
            )
        ],
    )


def _confidence_sections(database: Database, run_id: int, words: Words) -> Iterator[str]:
    yield f"<h2>{words('If doubtful images are rejected')}</h2>"
    yield _note(
        words("Only the most confident answers are kept: how many that leaves, and how many of those are right.")
    )
    yield _coverage(list(database.rows("img_report.coverage_rows", p_run_id=run_id)), words)
    yield f"<h2>{words('Can the confidence be trusted?')}</h2>"
    bins = list(database.rows("img_report.calibration_rows", p_run_id=run_id))
    yield _note(
        words("On the line the confidence is what it says; below it answers are right less often. Larger: more images.")
    )
    yield _reliability([(int(n), float(mean), float(right)) for _, n, mean, right in bins], words)
    yield _table(
        map(words, ("Confidence (mean)", "Images", "Right")),
        [(share(confidence), images, share(accuracy)) for _, images, confidence, accuracy in bins],
    )


def _note(text: str) -> str:
    return f"<p class='note'>{shown_html(text)}</p>"


def _put(path: Path, page: str) -> None:
    """Write the page in one step, so that a report which is cut short leaves the former one."""
    if path.exists() and not path.is_file():
        path.write_text(page, encoding="utf-8")  # a device, such as /dev/stdout
        return
    with draft(path) as place:
        place.write_text(page, encoding="utf-8")


def _figures(run: Row, words: Words) -> str:
    interval = f"<small>95 %: {share(run['accuracy_low'])} – {share(run['accuracy_high'])}</small>"
    copies = "not looked for" if run["copies"] is None else "{copies} tested images have one"
    copied = words(copies).format(copies=run["copies"])
    images = words("of {images} images").format(images=run["images"])
    figures = [
        ("Accuracy", share(run["accuracy"]) + (interval if run["tested"] else "")),
        ("Without copies", f"{share(run['accuracy_without_copies'])}<small>{copied}</small>"),
        (
            "By the commonest class / by chance",
            f"{share(run['majority_share'])}<small>{share(run['chance_share'])}</small>",
        ),
        ("Balanced accuracy", share(run["balanced_accuracy"])),
        ("F1, macro / weighted", f"{share(run['macro_f1'])}<small>{share(run['weighted_f1'])}</small>"),
        ("Calibration error", share(run["expected_calibration_error"])),
        ("Tested", f"{run['tested']}<small>{images}</small>"),
        ("Mistakes", str(run["tested"] - run["correct"])),
    ]
    cells = "".join(f"<div><dt>{words(name)}</dt><dd>{value}</dd></div>" for name, value in figures)
    return f"<dl class='figures'>{cells}</dl>"


def _untested(rows: Sequence[tuple[Any, ...]], words: Words) -> str:
    if not rows:
        return ""
    listed = "".join(f"<li>{images}: {shown_html(reason)}</li>" for reason, images in rows)
    return f"<p>{words('Not tested:')}</p><ul>{listed}</ul>"


def _table(heads: Iterable[str], rows: Sequence[Sequence[Any]]) -> str:
    head = "".join(f"<th scope='col'>{shown_html(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{shown_html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _confusion(rows: Sequence[tuple[Any, ...]], words: Words) -> str:
    """The matrix as a picture: a row for each class, shaded by its share of the row."""
    names = sorted({name for actual, predicted, _ in rows for name in (actual, predicted)})
    if not names:
        return f"<p>{words('Nothing was tested.')}</p>"
    counts = {(actual, predicted): images for actual, predicted, images in rows}
    # With many classes the cells are narrow, so that a telephone shows more than a corner.
    size, left, top, letters = (74, 150, 44, 10) if len(names) <= _FEW_CLASSES else (46, 110, 44, 6)
    width, height = left + size * len(names) + 10, top + size * len(names) + 10
    cells = []
    for column, name in enumerate(names):
        cells.append(
            _text(left + size * (column + 0.5), top - 10, _short(shown(name), letters), "middle", 12, "#1a1f26")
        )
    for line, actual in enumerate(names):
        total = sum(counts.get((actual, name), 0) for name in names)
        cells.append(
            _text(left - 10, top + size * (line + 0.5) + 4, _short(shown(actual), letters + 8), "end", 13, "#1a1f26")
        )
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
    return _note(words("Rows: what an image is. Columns: what it was taken for. Per cent of the row.")) + _drawing(
        width, height, f"Confusion matrix: {described}", cells
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


def _coverage(rows: Sequence[tuple[Any, ...]], words: Words) -> str:
    """Accuracy over coverage, as a line."""
    points = [(float(coverage), float(accuracy), float(threshold)) for threshold, coverage, accuracy in rows]
    if not points:
        return f"<p>{words('Nothing was tested.')}</p>"
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
    lines.append(_text((left + width) / 2, height - 6, words("images answered (coverage)"), "middle", 12, "#55606d"))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(coverage, accuracy) for coverage, accuracy, _ in points))
    lines.append(f"<polyline points='{path}' fill='none' stroke='#1f5fa8' stroke-width='2.5'/>")
    if len(points) <= 40:
        lines += [
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='#1f5fa8'/>"
            for x, y in (place(coverage, accuracy) for coverage, accuracy, _ in points)
        ]
    shown = points if len(points) <= 8 else [points[round(i * (len(points) - 1) / 7)] for i in range(8)]
    listed = _table(
        map(words, ("Confidence of at least", "Answered", "Right of those")),
        [(f"{threshold:.3f}", share(coverage), share(accuracy)) for coverage, accuracy, threshold in shown],
    )
    described = ", ".join(f"{100 * a:.1f} % right at {100 * c:.0f} % answered" for c, a, _ in shown)
    return _drawing(width, height, f"Accuracy over coverage: {described}", lines) + listed


def _reliability(bins: Sequence[tuple[int, float, float]], words: Words) -> str:
    """Images, mean confidence and accuracy of each bin, as circles beside the line where the two are the same."""
    side, left, bottom, top = 260, 64, 44, 14
    most = max((images for images, _, _ in bins), default=1)

    def place(confidence: float, accuracy: float) -> tuple[float, float]:
        return left + side * confidence, top + side * (1 - accuracy)

    parts = []
    for step in range(0, 101, 25):
        x, y = place(step / 100, step / 100)
        parts.append(f"<line x1='{left}' x2='{left + side}' y1='{y:.1f}' y2='{y:.1f}' stroke='#d6dce3'/>")
        parts.append(_text(left - 8, y + 4, f"{step} %", "end", 12, "#55606d"))
        parts.append(_text(x, top + side + 18, f"{step} %", "middle", 12, "#55606d"))
    parts.append(f"<line x1='{left}' y1='{top + side}' x2='{left + side}' y2='{top}' stroke='#55606d'/>")
    for images, confidence, accuracy in bins:
        x, y = place(confidence, accuracy)
        radius = 3 + 7 * (images / most) ** 0.5
        parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius:.1f}' fill='#1f5fa8'/>")
    parts.append(_text(left + side / 2, top + side + 38, words("Confidence (mean)"), "middle", 12, "#55606d"))
    described = "; ".join(f"{share(right)} right at confidence {share(mean)}" for _, mean, right in bins)
    width, height = left + side + 24, top + side + bottom
    return _drawing(width, height, f"Reliability: {described}", parts)


def _mistakes(database: Database, run: Row, rows: Sequence[tuple[Any, ...]], words: Words) -> str:
    if not rows:
        return f"<p>{words('None.')}</p>"
    roots = {name: root or name for name, root in database.rows("img_service.roots")}
    cases = []
    compares_classes = False
    for image_id, part, actual, predicted, confidence, source, image_path, found in rows:
        neighbours = json.loads(found or "[]")
        if any(n["image_id"] is None for n in neighbours):
            compares_classes = True
            neighbours = _nearest(database, run, image_id, part)
        caption = f"<b>{image_id}</b> {shown_html(actual)}"
        pictures = [_picture(roots.get(source), image_path, f"image {image_id}, {actual}", caption, "asked", words)]
        pictures += [_neighbour(n, roots.get(n["source_name"]), actual, words) for n in neighbours]
        of_part = f", {words('part')} {shown_html(part)}" if part else ""
        cases.append(
            f"<li class='case'><p><b class='good'>{shown_html(actual)}</b> {words('taken for')} "
            f"<b class='bad'>{shown_html(predicted)}</b>, {words('confidence')} {float(confidence):.2f}{of_part}</p>"
            f"<p class='note'>{shown_html(_file(source, image_path, words))}</p>"
            f"<div class='pictures'>{''.join(pictures)}</div></li>"
        )
    return (
        _note(
            words(
                "First the image, framed, with its label; then its nearest neighbours with label and distance. "
                "A confident mistake may be a wrong label."
            )
        )
        + (
            _note(
                words(
                    "Classes were compared here, not pictures: the neighbours are shown as examples, and took no part."
                )
            )
            if compares_classes
            else ""
        )
        + f"<ul class='cases'>{''.join(cases)}</ul>"
    )


def _nearest(database: Database, run: Row, image_id: int, part: str | None) -> list[Row]:
    """The stored images nearest to one that was compared with classes; none where it is stored no more."""
    found = embeddings(database, image_id=image_id)
    if not len(found):
        return []
    options = {"part": part if run["within_part"] else None, "target": run["target"], "source": run["source_name"]}
    asked = {"embedding": found.vectors[0], "k": _NEIGHBOURS, "except": image_id}
    return rows_of(database, "img_report.nearest_images", **asked, **options)


def _neighbour(row: Row, root: str | None, actual: str, words: Words) -> str:
    tone = "good" if row["class"] == actual else "bad"
    caption = f"{row['image_id']} <span class='{tone}'>{shown_html(row['class'])}</span> {float(row['distance']):.3f}"
    alt = f"neighbour {row['place']}, {row['image_id']}, {row['class']}"
    return _picture(root, row["image_path"], alt, caption, "", words)


def _to_check(database: Database, run_id: int, words: Words) -> Iterator[str]:
    """What a person should look at, by files: doubtful labels, near-duplicates and outliers."""
    asked = {"p_run_id": run_id, "p_limit": _TO_CHECK}
    yield f"<h2>{words('Labels to check')}</h2>"
    yield _table(
        map(words, ("Image", "Label", "Neighbours say", "Votes for the label", "File")),
        [
            (image_id, actual, predicted, share(votes), _file(source, path, words))
            for _, image_id, _, actual, predicted, _, votes, _, source, _, path in database.rows(
                "img_review.suspects", **asked
            )
        ],
    )
    yield f"<h2>{words('Pictures that are nearly the same')}</h2>"
    yield _table(
        map(words, ("Image", "Label", "File", "Other image", "Label", "File", "Distance")),
        [
            (
                number,
                actual,
                _file(source, path, words),
                other,
                label,
                _file(source_b, path_b, words),
                f"{distance:.4f}",
            )
            for number, actual, source, path, other, label, source_b, path_b, distance in database.rows(
                "img_review.duplicates_of_run", **asked
            )
        ],
    )
    yield f"<h2>{words('Pictures far from all others')}</h2>"
    yield _table(
        map(words, ("Image", "Part", "Distance", "Against the part's median", "File")),
        [
            (image_id, part or "–", f"{distance:.4f}", f"{float(ratio or 0):.1f} x", _file(source, path, words))
            for image_id, part, source, path, distance, ratio in database.rows("img_review.outliers_of_run", **asked)
        ],
    )


def _file(source: str | None, path: str | None, words: Words) -> str:
    return f"{source}/{path}" if source and path else words("put in by no load")


def _picture(root: str | None, image_path: str | None, alt: str, caption: str, kind: str, words: Words) -> str:
    file = stored_file(root, image_path) if root and image_path else None
    jpeg = thumbnail(file) if file else None
    content = (
        f"<img src='data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}' alt='{shown_html(alt)}'>"
        if jpeg
        else f"<div class='none'>{words('picture not found')}</div>"
    )
    return f"<figure class='{kind}'>{content}<figcaption>{caption}</figcaption></figure>"
