"""The database's part of a load alone: labels in, images claimed, embeddings of 1,024 floats stored."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from bench.result import Result
from loader.database import Json
from loader.database.scratch import scratch_database
from loader.layouts import LabelItem, label

_ROWS, _DIMENSION, _LABELS, _CLAIM = 10_000, 1_024, 500, 16


def run() -> Iterator[Result]:
    """One session does every call of a load, in the sizes that the loader uses; nothing is decoded or embedded."""
    vectors = np.abs(np.random.default_rng(8).normal(size=(_CLAIM, _DIMENSION))).astype(np.float32)
    with scratch_database() as database:
        model_id = database.value(
            "img_store.use_model", p_name="bench", p_file_hash="0", p_dimension=_DIMENSION, p_preprocessing="{}"
        )
        run_id = database.value("img_store.start_load", p_source="bench", p_model_id=model_id)
        database.commit()
        begun = time.perf_counter()
        for first in range(0, _ROWS, _LABELS):
            items = [
                LabelItem(f"labels/good/tank/{number}.json", "0", label(f"{number}.png", "tank", "good"))
                for number in range(first, first + _LABELS)
            ]
            labels = Json(f"[{','.join(item.to_json() for item in items)}]")
            database.call("img_store.put_labels", p_run_id=run_id, p_labels=labels)
            database.commit()
        list(database.rows("img_store.work_left", p_run_id=run_id))
        database.commit()
        labelled = time.perf_counter()
        stored = 0
        while claimed := database.some_rows(_CLAIM, "img_store.claim", p_run_id=run_id):
            rows = [
                {
                    "p_load_id": load_id,
                    "p_run_id": run_id,
                    "p_embedding": vector,
                    "p_image_path": f"images/{file_name}",
                    "p_image_size": 1,
                    "p_image_mtime": 1,
                }
                for (load_id, _, file_name, _), vector in zip(claimed, vectors, strict=False)
            ]
            database.call_many("img_store.put_embedding", rows)
            database.commit(wait=False)
            stored += len(rows)
        database.call("img_store.finish_load", p_run_id=run_id)
        database.commit()
        ended = time.perf_counter()
        assert stored == _ROWS
        yield Result(
            f"labels and embeddings stored a second, {_ROWS} of {_DIMENSION} floats, by one session",
            _ROWS / (ended - begun),
            2_500,
            at_least=True,
            unit="rows/s",
            detail=f"labels {_ROWS / (labelled - begun):.0f}/s, embeddings {_ROWS / (ended - labelled):.0f}/s",
        )
