"""What an evaluation writes to disk beside its results."""

from __future__ import annotations

import numpy as np
import pytest

from loader.database import Database
from loader.database.embedded import EmbeddedDatabase
from loader.evaluation import evaluate
from tests.db.helpers import insert_image

IMAGES, DIMENSION = 120, 320


@pytest.mark.usefixtures("embedded_only")
def test_copies_are_looked_for_without_writing_down_all_pairs(installed: Database) -> None:
    """Of 2,624 pictures the pairs, with both vectors, are 25 GB."""
    assert isinstance(installed, EmbeddedDatabase)
    random = np.random.default_rng(4)
    for number, vector in enumerate(random.normal(size=(IMAGES, DIMENSION)).round(2).tolist()):
        insert_image(installed, "p", "good" if number % 2 else "bad", vector)
    installed.commit()
    evaluate(installed, k=1)
    installed.session.connection.execute("set temp_file_limit = '4MB'")  # all pairs are 30 MB, the images 0.2
    installed.session.connection.execute("set work_mem = '64kB'")
    run_id = evaluate(installed, method="kfold", transform_kind="lda", near_distance=0.1)
    ((copies,),) = installed.execute(f"select copies from vw_evaluation where run_id = {run_id}").rows
    assert copies == 0
