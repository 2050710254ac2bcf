"""A run beside an earlier one: how much more often it is right, and which decisions changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from loader.database import Database, Json
from loader.report_pictures import Album
from loader.report_words import Words
from loader.rows import Row, rows_of
from loader.run_comparison import points
from loader.terminal import shown_html

# Changed decisions that are shown.
_CHANGED = 12


def comparison(database: Database, run_id: int, against: int | None, album: Album, words: Words) -> Iterator[str]:
    """The section, as HTML. Raises DatabaseError for a run that there is not, or of another target."""
    if against is None:
        yield f"<h2>{words('Compared with an earlier run')}</h2>"
        text = words("No earlier run was done in the same way. To compare with another one, name it:")
        yield f"<p class='note'>{shown_html(text)} <code>python -m loader report {run_id} --against RUN</code></p>"
        return
    (compared,) = rows_of(database, "img_compare.result", run_a=against, run_b=run_id)
    changed = rows_of(database, "img_service.changed_decisions", run_a=against, run_b=run_id, limit=_CHANGED)
    yield f"<h2>{words('Compared with run {run}').format(run=against)}</h2>"
    yield f"<p>{shown_html(told(compared, words))}</p>"
    yield f"<h3>{words('Changed decisions')}</h3>"
    if not changed:
        yield f"<p>{words('None.')}</p>"
        return
    files = {
        int(row["image_id"]): row
        for row in rows_of(
            database, "img_service.files", image_ids=Json(json.dumps([int(row["image_id"]) for row in changed]))
        )
    }
    yield f"<ul class='changes'>{''.join(_change(row, files.get(int(row['image_id'])), album) for row in changed)}</ul>"


def told(compared: Row, words: Words) -> str:
    """The difference of two runs, the later one second, in sentences; `compared` is the row of img_compare.result."""
    figures = {
        "tested": f"{int(compared['images']):,}",
        "lost": f"{int(compared['only_a']):,}",
        "won": f"{int(compared['only_b']):,}",
        "difference": points(compared["difference"]),
        "low": points(compared["difference_low"]),
        "high": points(compared["difference_high"]),
        "p": f"{float(compared['p_value']):.4f}",
    }
    sentences = (
        "Of the {tested} pictures that both tested, {won} are right now that were wrong, and {lost} are wrong that "
        "were right.",
        "That is {difference} percentage points (95 % interval {low} to {high}).",
        "If the two were equally good, so large a difference would come by chance with probability {p} (McNemar's "
        "exact test).",
    )
    return " ".join(words(sentence).format(**figures) for sentence in sentences)


def _change(row: Row, file: Row | None, album: Album) -> str:
    before, now = (
        f"<span class='{'good' if said == row['actual'] else 'bad'}'>{shown_html(said)}</span>"
        for said in (row["predicted_a"], row["predicted_b"])
    )
    caption = f"{int(row['image_id'])} <b>{shown_html(row['actual'])}</b><br>{before} → {now}"
    root, path = (file["source_root"], file["image_path"]) if file else (None, None)
    alt = f"image {int(row['image_id'])}, {row['actual']}"
    return f"<li>{album.figure(root, path, alt, caption)}</li>"
