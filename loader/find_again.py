"""Images whose label stayed, and that have another file now."""

from __future__ import annotations

from loader.batches import batched
from loader.database import Json
from loader.labels import LabelError, Tree, printable
from loader.transaction import Transaction

_BATCH = 2000


def find_again(transaction: Transaction, run_id: int, tree: Tree, known_files: int) -> None:
    """Let those images wait again whose file is gone, or not the one any more that their label means.

    `known_files` is how many files are stored images that stayed as they were. Where that is all that is stored, and no
    file came, nothing moved.
    """
    database = transaction.database
    if not tree.has_fresh() and database.value("img_store.stored_count", p_run_id=run_id) == known_files:
        return
    moved = (
        int(load_id)
        for load_id, label_path, file_name, image_path in database.rows("img_store.stored_images", p_run_id=run_id)
        if tree.may_have_moved(file_name, image_path) and _found(tree, file_name, label_path) != image_path
    )
    for batch in batched(moved, _BATCH):
        transaction.put("img_store.find_again", p_run_id=run_id, p_load_ids=Json(f"[{','.join(map(str, batch))}]"))


def _found(tree: Tree, file_name: str, label_path: str) -> str | None:
    """The image that a label means, as the database spells it."""
    try:
        return printable(tree.resolve(file_name, label_path))
    except LabelError:
        return None
