"""A second load of labels that did not change: each batch must cost what the first did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import psutil

from bench.result import Result
from loader.database import Json
from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database
from loader.layouts import LabelItem, label

_LABELS, _BATCH, _FILES, _CLAIM, _PASSES = 80_000, 500, 2_000, 500, 3


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds as the caller sees them, and of processor time that the database's session used."""

    seconds: float
    processor_s: float


def _timed(database: EmbeddedDatabase, call: Callable[[], object]) -> _Cost:
    session = psutil.Process(database.session.connection.info.backend_pid)
    before, begun = session.cpu_times(), time.perf_counter()
    call()
    seconds, after = time.perf_counter() - begun, session.cpu_times()
    return _Cost(seconds, after.user + after.system - before.user - before.system)


def _begin(database: EmbeddedDatabase) -> int:
    model_id = database.value(
        "img_store.use_model", p_name="bench", p_file_hash="0", p_dimension=2, p_preprocessing="{}"
    )
    run_id = database.value("img_store.start_load", p_source="bench", p_model_id=model_id)
    database.commit()
    return int(run_id)


def _put_labels(database: EmbeddedDatabase, run_id: int) -> list[_Cost]:
    """All labels; the cost of each batch."""
    times = []
    for first in range(0, _LABELS, _BATCH):
        items = [
            LabelItem(f"labels/good/tank/{number:06}.json", "0", label(f"{number:06}.png", "tank", "good"))
            for number in range(first, first + _BATCH)
        ]
        labels = Json(f"[{','.join(item.to_json() for item in items)}]")

        def put(labels: Json = labels) -> None:
            database.call("img_store.put_labels", p_run_id=run_id, p_labels=labels)
            database.commit()

        times.append(_timed(database, put))
    return times


def _put_files(database: EmbeddedDatabase, run_id: int) -> list[_Cost]:
    """Facts of all image files, none of which changed; the cost of each batch."""
    times = []
    for first in range(0, _LABELS, _FILES):
        facts = ",".join(
            f'{{"path": "images/{n:06}.png", "size": 1, "mtime": 1, "stamp": "1"}}'
            for n in range(first, first + _FILES)
        )
        files = Json(f"[{facts}]")

        def put(files: Json = files) -> None:
            assert not list(database.rows("img_store.put_files", p_run_id=run_id, p_files=files))
            database.commit()

        times.append(_timed(database, put))
    return times


def _store(database: EmbeddedDatabase, run_id: int) -> None:
    vector = np.array([1, 2], np.float32)
    while claimed := database.some_rows(_CLAIM, "img_store.claim", p_run_id=run_id):
        rows = [
            {
                "p_load_id": load_id,
                "p_run_id": run_id,
                "p_embedding": vector,
                "p_image_path": f"images/{file_name}",
                "p_image_size": 1,
                "p_image_mtime": 1,
                "p_image_stamp": "1",
            }
            for load_id, _, file_name, _ in claimed
        ]
        database.call_many("img_store.put_embedding", rows)
        database.commit()


def _growth(passes: list[list[_Cost]]) -> float:
    """Processor time of the last tenths of the batches over that of the first.

    The time on the clock depends on who else writes to the disk: it is shown as a rate and not compared.
    """
    tenth = max(len(passes[0]) // 10, 1)
    first = sum(cost.processor_s for costs in passes for cost in costs[:tenth])
    return sum(cost.processor_s for costs in passes for cost in costs[-tenth:]) / first


def _rate(passes: list[list[_Cost]]) -> float:
    return _LABELS / min(sum(cost.seconds for cost in costs) for costs in passes)


def run() -> Iterator[Result]:
    """Labels in batches of 500 and facts of files in batches of 2,000, as the loader sends them."""
    with scratch_database() as database:
        run_id = _begin(database)
        _put_labels(database, run_id)
        _store(database, run_id)
        labels, files = [], []
        for _ in range(_PASSES):
            run_id = _begin(database)
            labels.append(_put_labels(database, run_id))
            files.append(_put_files(database, run_id))
        counts = {
            "work_left": _timed(database, lambda: list(database.rows("img_store.work_left", p_run_id=run_id))),
            "gone": _timed(database, lambda: list(database.rows("img_store.gone", p_run_id=run_id))),
            "summary": _timed(database, lambda: list(database.rows("img_store.summary", p_run_id=run_id))),
        }
        (found,) = database.rows("img_store.summary", p_run_id=run_id)
        assert found[3] == _LABELS, f"{found[3]} of {_LABELS} labels were found unchanged"
        yield Result(
            f"{_LABELS} unchanged labels, the last tenth of the batches to the first",
            _growth(labels),
            1.1,
            at_least=False,
            detail=f"labels {_rate(labels):.0f}/s",
        )
        yield Result(
            f"{_LABELS} unchanged image files, the last tenth of the batches to the first",
            _growth(files),
            1.1,
            at_least=False,
            detail=f"files {_rate(files):.0f}/s; then "
            + ", ".join(f"{name} {1000 * cost.seconds:.0f} ms" for name, cost in counts.items()),
        )
