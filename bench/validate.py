"""The database's part of a load, and leave-one-out against plain SQL on the same engine."""

from __future__ import annotations

from collections.abc import Iterator

from bench.data import elpv_database
from bench.result import Result
from bench.timing import Cost, cost
from loader.database.embedded import EmbeddedDatabase

# Several ways to the same result; the fastest is the peer. Labels are columns here, not JSON. A lateral join with a
# limit is not among them: its subquery reads the rows of all parts again for each row, which is many times slower.
_PLAIN = {
    "window function": """
        select image_id, neighbour from (
          select t.image_id, o.image_id as neighbour,
                 row_number() over (partition by t.image_id order by o.embedding <=> t.embedding, o.image_id) as place
            from plain t join plain o on o.part = t.part and o.image_id <> t.image_id) r
         where place = 1""",
    "self-join with least array": """
        select t.image_id, (min(array[o.embedding <=> t.embedding, o.image_id]))[2]
          from plain t join plain o on o.part = t.part and o.image_id <> t.image_id
         group by t.image_id""",
    "each pair once": """
        with pair as materialized (
          select a.image_id as a, b.image_id as b, a.embedding <=> b.embedding as d
            from plain a join plain b on a.part = b.part and a.image_id < b.image_id)
        select t, (min(array[d, o]))[2]
          from (select a as t, b as o, d from pair union all select b, a, d from pair) p
         group by t""",
}


def plain_sql_cost(database: EmbeddedDatabase) -> tuple[str, Cost]:
    """The fastest plain SQL for the nearest neighbour of every row: its name and what it costs."""
    connection = database.session.connection
    connection.execute(
        "create temp table plain (image_id bigint, part text, quality text, embedding vector);"
        "alter table plain alter column embedding set storage plain;"
        "insert into plain select image_id, part, quality, embedding from vw_image_label;"
        "analyze plain",
        prepare=False,
    )
    database.commit()
    costs = {}
    for name, query in _PLAIN.items():
        costs[name] = cost(database, lambda query=query: connection.execute(query).fetchall())  # type: ignore[misc]
        print(f"  plain SQL, {name}: {costs[name]}")
    best = min(costs, key=lambda name: costs[name].cpu_s)
    return best, costs[best]


def run() -> Iterator[Result]:
    """All 2,624 pictures of the ELPV data set in its two parts, EfficientNet-Lite0 (1,280 floats)."""
    with elpv_database() as (database, summary):
        yield Result(
            f"database part of loading {summary.stored} labels and embeddings",
            summary.database_s,
            10,
            at_least=False,
            unit="s",
            detail=f"{summary.stored / summary.database_s:.0f} rows a second",
        )
        database.execute("begin img_classify.validate_loo; end;", output=lambda _: None)
        ours = cost(database, lambda: database.execute("begin img_classify.validate_loo; end;", output=lambda _: None))
        name, plain = plain_sql_cost(database)
        yield Result(
            f"validate_loo over {summary.stored} rows / best plain SQL",
            ours.cpu_s / plain.cpu_s,
            1.1,
            at_least=False,
            detail=f"{ours} / {plain} ({name})",
        )
