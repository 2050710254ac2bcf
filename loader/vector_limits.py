"""Whether the database at hand can keep a model's vectors: found out before the first image is embedded."""

from __future__ import annotations

from loader.config import ConfigurationError
from loader.database import Database
from loader.model import Model


def check_dimension(database: Database, model: Model, *, unindexed: bool) -> None:
    """Refuse a model whose vectors the database can not store, or, unless `unindexed`, not index.

    Raises ConfigurationError. That no index is to be had is felt when there are images by the hundred thousand,
    which is too late.
    """
    gives = f"{model.path} gives vectors of {model.dimension:,} dimensions, and this database"
    if model.dimension > database.largest_vector:
        raise ConfigurationError(
            f"{gives} stores at most {database.largest_vector:,}: take an output of fewer, or pool it (import-model)"
        )
    if model.dimension > database.largest_indexed_vector and not unindexed:
        raise ConfigurationError(
            f"{gives} indexes at most {database.largest_indexed_vector:,}: --unindexed loads them all the same, to be "
            "searched without an index"
        )
