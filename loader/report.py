"""An evaluation for people: lines of text, or one self-contained HTML page with its mistakes in pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from loader import charts
from loader.client import table
from loader.confusion import Matrix
from loader.database import Database
from loader.drafts import draft
from loader.export_data import embeddings
from loader.report_answer import answer, share
from loader.report_comparison import comparison
from loader.report_pictures import Album
from loader.report_settings import settings
from loader.report_style import CSS
from loader.report_words import Words, words_of
from loader.results import ClassFigures
from loader.rows import Row, rows_of
from loader.terminal import shown_html

# Whatever a label may have smuggled in, the page runs no script and fetches nothing.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_CLASS_HEADS = ("Class", "Images", "Precision", "Recall", "F1", "Missed", "False alarms")
# Rows of each list of what should be looked at.
_TO_CHECK = 10
# Neighbours that are shown beside a mistake, and rows of the table below the curve.
_NEIGHBOURS = 3
_STEPS = 8


def summary(database: Database, run_id: int) -> Row:
    """The figures of a run, as img_report.run_summary gives them. Raises DatabaseError."""
    (row,) = rows_of(database, "img_report.run_summary", run_id=run_id)
    return row


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
    yield f"Run {run_id}: {settings(run, str)}; model {run['model'] or 'unknown'}"
    yield f"Tested: {run['tested']} of {run['images']} images; right: {run['correct']}"
    yield f"Sources: {_sources(database, run_id, str)}"
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


def _sources(database: Database, run_id: int, words: Words) -> str:
    """The sources that a run covers, each with its images."""
    rows = database.rows("img_report.source_figures", p_run_id=run_id)
    return ", ".join(
        words("{name} ({images} images, forgotten since)" if removed else "{name} ({images} images)").format(
            name=name or words("(none)"), images=images
        )
        for name, images, *_, removed in rows
    )


def _class_rows(database: Database, run_id: int) -> list[tuple[Any, ...]]:
    """The figures of each class, as _CLASS_HEADS names them."""
    return [
        (name, support, *map(share, figures))
        for name, support, _, *figures in database.rows("img_report.class_figures", p_run_id=run_id)
    ]


def write(
    database: Database,
    run_id: int,
    path: Path,
    *,
    mistakes: int = 24,
    language: str = "en",
    against: int | None = None,
) -> None:
    """Write the report of a run to `path`, in English (en) or Korean (ko).

    It is compared with the run `against`, by default the last one before it of the same settings. Texts of the database
    stay as they are. Raises DatabaseError, ConfigurationError for another language, or OSError where it can not be
    written.
    """
    words = words_of(language)
    run = summary(database, run_id)
    against = against or database.value("img_report.previous_run", p_run_id=run_id)
    classes = [ClassFigures.of(row) for row in rows_of(database, "img_report.class_figures", run_id=run_id)]
    model = f"{words('Model')} {run['model'] or '–'}, {run['started_at']}, {words('data')} {run['fingerprint'] or '–'}."
    sources = [name for name, *_ in database.rows("img_report.source_figures", p_run_id=run_id)]
    album = Album(words, sources[0] if len(sources) == 1 else None)
    parts = [
        answer(run, classes, words),
        f"<p class='note'>{shown_html(settings(run, words))}. {shown_html(model)}</p>",
        f"<p class='note'>{words('Sources')}: {shown_html(_sources(database, run_id, words))}.</p>",
        _figures(run, words),
        _untested(list(database.rows("img_report.untested_reasons", p_run_id=run_id)), words),
        *comparison(database, run_id, None if against is None else int(against), album, words),
        *_class_sections(database, run_id, words),
        *_confidence_sections(database, run_id, words),
        f"<h2>{words('The most confident mistakes')}</h2>",
        _mistakes(database, run, list(database.rows("img_report.mistakes", p_run_id=run_id, p_limit=mistakes)), album),
        *_to_check(database, run_id, album),
        album.missing(),
    ]
    title = words("Evaluation {run}").format(run=run_id)
    page = (
        f"<!doctype html>\n<html lang='{language}'>\n<head>\n<meta charset='utf-8'>\n"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )
    _put(path, page)


def _class_sections(database: Database, run_id: int, words: Words) -> Iterator[str]:
    yield f"<h2>{words('Which classes are taken for which')}</h2>"
    matrix = Matrix.of(rows_of(database, "img_report.confusion_rows", run_id=run_id))
    if matrix.rows:
        yield _note(words("Rows: what an image is. Columns: what it was taken for. Darker: more of the row."))
        yield matrix.table(words("Which classes are taken for which"))
    else:
        yield f"<p>{words('Nothing was tested.')}</p>"
    yield f"<h2>{words('Figures of each class')}</h2>"
    yield _note(
        words(
            "Missed: images of the class that were taken for another. False alarms: images of other classes that were "
            "taken for it, as a share of those."
        )
    )
    yield _table(words, _CLASS_HEADS, _class_rows(database, run_id))
    yield f"<h2>{words('Figures of each part')}</h2>"
    yield _table(
        words,
        ("Part", "Images", "Tested", "Right", "Accuracy", "95 % interval"),
        [
            (part or "–", images, tested, right, share(accuracy), f"{share(low)} – {share(high)}")
            for part, images, tested, right, accuracy, low, high in database.rows(
                "img_report.part_figures", p_run_id=run_id
            )
        ],
    )


def _confidence_sections(database: Database, run_id: int, words: Words) -> Iterator[str]:
    nothing = f"<p>{words('Nothing was tested.')}</p>"
    yield f"<div class='sides'><section><h2>{words('If doubtful images are rejected')}</h2>"
    yield _note(
        words("Only the most confident answers are kept: how many that leaves, and how many of those are right.")
    )
    rows = rows_of(database, "img_report.coverage_rows", run_id=run_id)
    yield charts.coverage(rows, words("images answered (coverage)"), words("Right of those")) or nothing
    last = len(rows) - 1
    told = rows if last < _STEPS else [rows[round(step * last / (_STEPS - 1))] for step in range(_STEPS)]
    yield _table(
        words,
        ("Confidence of at least", "Answered", "Right of those"),
        [(f"{row['threshold']:.3f}", share(row["coverage"]), share(row["accuracy"])) for row in told],
    )
    yield f"</section><section><h2>{words('Can the confidence be trusted?')}</h2>"
    yield _note(
        words("On the line the confidence is what it says; below it answers are right less often. Larger: more images.")
    )
    bins = rows_of(database, "img_report.calibration_rows", run_id=run_id)
    yield charts.reliability(bins, words("Confidence (mean)"), words("Right")) or nothing
    yield _table(
        words,
        ("Confidence (mean)", "Images", "Right"),
        [(share(row["confidence"]), int(row["images"]), share(row["accuracy"])) for row in bins],
    )
    yield "</section></div>"


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


def _table(words: Words, heads: Sequence[str], rows: Sequence[Sequence[Any]], kind: str = "") -> str:
    if not rows:
        return f"<p>{words('None.')}</p>"
    head = "".join(f"<th scope='col'>{shown_html(name)}</th>" for name in map(words, heads))
    body = "".join("<tr>" + "".join(f"<td>{shown_html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table class='{kind}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<div class='scroll' tabindex='0'>{table}</div>"


def _mistakes(database: Database, run: Row, rows: Sequence[tuple[Any, ...]], album: Album) -> str:
    words = album.words
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
        pictures = [album.figure(roots.get(source), image_path, f"image {image_id}, {actual}", caption, "asked")]
        pictures += [_neighbour(n, roots.get(n["source_name"]), actual, album) for n in neighbours]
        of_part = f", {words('part')} {shown_html(part)}" if part else ""
        cases.append(
            f"<li class='case'><p><b class='good'>{shown_html(actual)}</b> {words('taken for')} "
            f"<b class='bad'>{shown_html(predicted)}</b>, {words('confidence')} {float(confidence):.2f}{of_part}</p>"
            f"<p class='note'>{shown_html(album.file(source, image_path))}</p>"
            f"<div class='pictures'>{''.join(pictures)}</div></li>"
        )
    notes = [
        "First the image, framed, with its label; then its nearest neighbours with label and distance. A confident "
        "mistake may be a wrong label."
    ]
    if compares_classes:
        notes.append(
            "Classes were compared here, not pictures: the neighbours are shown as examples, and took no part."
        )
    notes.append("A click on a picture, or Enter, shows it large.")
    return _note(" ".join(words(note) for note in notes)) + f"<ul class='cases'>{''.join(cases)}</ul>"


def _nearest(database: Database, run: Row, image_id: int, part: str | None) -> list[Row]:
    """The stored images nearest to one that was compared with classes; none where it is stored no more."""
    found = embeddings(database, image_id=image_id)
    if not len(found):
        return []
    options = {"part": part if run["within_part"] else None, "target": run["target"], "source": run["source_name"]}
    asked = {"embedding": found.vectors[0], "k": _NEIGHBOURS, "except": image_id}
    return rows_of(database, "img_report.nearest_images", **asked, **options)


def _neighbour(row: Row, root: str | None, actual: str, album: Album) -> str:
    tone = "good" if row["class"] == actual else "bad"
    caption = f"{row['image_id']} <span class='{tone}'>{shown_html(row['class'])}</span> {float(row['distance']):.3f}"
    return album.figure(
        root, row["image_path"], f"neighbour {row['place']}, {row['image_id']}, {row['class']}", caption
    )


def _to_check(database: Database, run_id: int, album: Album) -> Iterator[str]:
    """What a person should look at, by files: doubtful labels, near-duplicates and outliers."""
    words = album.words
    asked = {"p_run_id": run_id, "p_limit": _TO_CHECK}
    yield f"<h2>{words('Labels to check')}</h2>"
    yield _table(
        words,
        ("Image", "Label", "Neighbours say", "Votes for the label", "File"),
        [
            (image_id, actual, predicted, share(votes), album.file(source, path))
            for _, image_id, _, actual, predicted, _, votes, _, source, _, path in database.rows(
                "img_review.suspects", **asked
            )
        ],
        "files",
    )
    yield f"<h2>{words('Pictures that are nearly the same')}</h2>"
    yield _table(
        words,
        ("Image", "Label", "File", "Other image", "Label", "File", "Distance"),
        [
            (
                number,
                actual,
                album.file(source, path),
                other,
                label,
                album.file(source_b, path_b),
                f"{distance:.4f}",
            )
            for number, actual, source, path, other, label, source_b, path_b, distance in database.rows(
                "img_review.duplicates_of_run", **asked
            )
        ],
        "files",
    )
    yield f"<h2>{words('Pictures far from all others')}</h2>"
    yield _table(
        words,
        ("Image", "Part", "Distance", "Against the part's median", "File"),
        [
            (image_id, part or "–", f"{distance:.4f}", f"{float(ratio or 0):.1f} x", album.file(source, path))
            for image_id, part, source, path, distance, ratio in database.rows("img_review.outliers_of_run", **asked)
        ],
        "files",
    )
