"""The service under many clients, against decoding and network alone; and its pages over many images."""

from __future__ import annotations

import http.client
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from bench.data import elpv_model
from bench.result import Result
from loader.config import EmbeddedSettings
from loader.database import connect
from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database
from loader.evaluation import evaluate
from loader.images import read_image
from loader.load import load
from loader.model import Model
from loader.sample import write_sample
from service.app import create_app
from service.settings import Settings


def _size(name: str, default: int) -> int:
    """A size of the benchmark, which a variable of the environment makes smaller."""
    return int(os.environ.get(f"BENCH_SERVICE_{name}", default))


_PICTURES = _size("PICTURES", 2624)
_CLIENTS = _size("CLIENTS", 8)
# More than are let in: the workers, and so many that may wait.
_CROWD, _CROWD_WAITING = 32, 4
# What Retry-After says to those who are turned away.
_RETRY_S = 1.0
_REQUESTS = _size("REQUESTS", 400)
# Each stored image is put in again so often, with its label and its file, by doubling.
_DOUBLINGS = _size("DOUBLINGS", 5)
_LOOKS = _size("LOOKS", 200)
_PAGE_MS = 300.0


def run() -> Iterator[Result]:
    """All 2,624 pictures of ELPV by EfficientNet-Lite0: one picture a request; then 83,968 images behind the pages."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, scratch_database() as database:
        root = Path(directory) / "Sample"
        write_sample(root, _PICTURES)
        model = elpv_model(Path(directory))
        load(database, root, model)
        evaluate(database, k=5)
        pictures = sorted(root.rglob("*.png"))
        with _serving(database, model, cores, _CROWD_WAITING) as port:
            yield _crowding(port, model, pictures, cores)
        with _serving(database, model, cores) as port:
            yield from _classifying(port, model, pictures, cores)
            _grow(database)
            yield from _looking(port, database)


@contextmanager
def _serving(database: EmbeddedDatabase, model: Model, cores: int, waiting: int = 32) -> Iterator[int]:
    """A service of its own threads, at a free port."""
    settings = EmbeddedSettings(database.directory)
    app = create_app(Settings(workers=cores, waiting=waiting, decision={"k": 5}), lambda: connect(settings), model)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


def _classifying(port: int, model: Model, pictures: list[Path], cores: int) -> Iterator[Result]:
    chosen = random.Random(1).sample(pictures, min(len(pictures), _REQUESTS))
    contents = [path.read_bytes() for path in chosen]

    def embed(content: bytes) -> None:
        model.embed(read_image(content, model.preprocessing)[None])

    def ask(content: bytes) -> None:
        _request(port, "POST", "/classify?part=mono", content)

    _times(embed, contents[:20], cores)
    _times(ask, contents[:20], cores)
    before = _pictures_a_second(embed, contents, cores)
    begun = time.perf_counter()
    taken = _times(ask, contents, _CLIENTS)
    speed = len(contents) / (time.perf_counter() - begun)
    limit = (before + _pictures_a_second(embed, contents, cores)) / 2
    alone = _times(ask, contents[:100], 1)
    single = _times(embed, contents[:100], 1)
    yield Result(
        f"pictures a second of {_CLIENTS} clients / decoding and network alone",
        speed / limit,
        0.7,
        at_least=True,
        detail=f"{speed:.0f} / {limit:.0f}; {_milliseconds(taken)}",
    )
    yield Result(
        "one client's picture (p50) / decoding and network alone",
        _share(alone, 0.5) / _share(single, 0.5),
        3.0,
        at_least=False,
        detail=f"{1000 * _share(alone, 0.5):.1f} / {1000 * _share(single, 0.5):.1f} ms",
    )


def _crowding(port: int, model: Model, pictures: list[Path], cores: int) -> Result:
    """More clients than are let in: what is answered, how fast, and how many are turned away by 429."""
    contents = [path.read_bytes() for path in random.Random(3).sample(pictures, min(len(pictures), _REQUESTS))]
    turned_away: list[bytes] = []

    def embed(content: bytes) -> None:
        model.embed(read_image(content, model.preprocessing)[None])

    def ask(content: bytes) -> None:
        while _request(port, "POST", "/classify?part=mono", content, allowed=(200, 429)) == 429:
            turned_away.append(content)
            time.sleep(_RETRY_S)

    _times(ask, contents[:20], cores)
    turned_away.clear()
    before = _pictures_a_second(embed, contents, cores)
    speed = _pictures_a_second(ask, contents, _CROWD)
    limit = (before + _pictures_a_second(embed, contents, cores)) / 2
    return Result(
        f"pictures a second of {_CROWD} clients, {cores + _CROWD_WAITING} let in at once / decoding and network alone",
        speed / limit,
        0.6,
        at_least=True,
        detail=f"{speed:.0f} / {limit:.0f}; {len(contents)} answered in the end, {len(turned_away)} times 429 before",
    )


def _pictures_a_second(work: Callable[[bytes], None], contents: list[bytes], threads: int) -> float:
    begun = time.perf_counter()
    _times(work, contents, threads)
    return len(contents) / (time.perf_counter() - begun)


def _times(work: Callable[[bytes], None], contents: list[bytes], threads: int) -> list[float]:
    """The seconds that each call took, of so many side by side."""

    def timed(content: bytes) -> float:
        begun = time.perf_counter()
        work(content)
        return time.perf_counter() - begun

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(timed, contents))


def _grow(database: EmbeddedDatabase) -> None:
    """Many images by real pictures: copies of the stored ones, with labels, files, and what the run said of them."""
    for _ in range(_DOUBLINGS):
        database.execute(
            "insert into image_demo1 (metadata, embedding, model_id)"
            " select metadata, embedding, model_id from image_demo1"
        )
    # A source has one image for each path: `./` before it makes another path of the same file.
    path = f"rpad('./', 2 * floor((i.image_id - 1) / {_PICTURES}), './') || l.image_path"
    columns = "label_hash, file_name, state, outcome, metadata, run_id, stored_run_id, image_hash, image_bits"
    ours = ", ".join(f"l.{column}" for column in columns.split(", "))
    database.execute(
        f"insert into image_load (source_id, label_path, image_id, image_path, {columns})"
        f" select l.source_id, l.label_path || to_char(i.image_id), i.image_id, {path}, {ours}"
        f" from image_demo1 i join image_load l on l.image_id = mod(i.image_id - 1, {_PICTURES}) + 1"
        f" where i.image_id > {_PICTURES}"
    )
    items = "part, actual, predicted, confidence, actual_share, nearest_distance, has_copy"
    database.execute(
        f"insert into image_run_item (run_id, item_id, item_no, image_id, {items})"
        f" select r.run_id, i.image_id, i.image_id, i.image_id, {', '.join(f'r.{item}' for item in items.split(', '))}"
        f" from image_demo1 i join image_run_item r on r.item_id = mod(i.image_id - 1, {_PICTURES}) + 1"
        f" where i.image_id > {_PICTURES}"
    )
    database.commit()
    database.execute("begin img_index.create_index(p_kind => 'IVF'); end;")
    database.execute("begin img_service.keep_findings(img_report.latest_run); commit; end;")


def _looking(port: int, database: EmbeddedDatabase) -> Iterator[Result]:
    numbers = random.Random(2)
    ((images,),) = database.execute("select count(*) from image_demo1").rows
    filters = ("part=mono", "quality=0.67", "outcome=WRONG", "finding=SUSPECT", "category1=defective&part=poly")

    def some(kind: str) -> str:
        number = numbers.randrange(1, int(images) + 1)
        match kind:
            case "grid":
                return f"/pictures?after={number}"
            case "filter":
                return f"/pictures?{numbers.choice(filters)}&after={number // 2}"
            case "picture":
                return f"/pictures/{number}"
            case _:
                return f"/picture/{number}/small.jpg"

    for kind in ("grid", "filter", "picture", "thumbnail"):
        _request(port, "GET", some(kind))
        taken = []
        for _ in range(_LOOKS):
            address = some(kind)
            begun = time.perf_counter()
            _request(port, "GET", address)
            taken.append(time.perf_counter() - begun)
        yield Result(
            f"{kind} of {images} images, p95 / {_PAGE_MS:g} ms",
            1000 * _share(taken, 0.95) / _PAGE_MS,
            1.0,
            at_least=False,
            detail=_milliseconds(taken),
        )


def _request(
    port: int, method: str, address: str, content: bytes | None = None, *, allowed: tuple[int, ...] = (200,)
) -> int:
    """Ask, and read the answer; its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "image/png"} if content is not None else {}
    connection.request(method, address, content, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status not in allowed:
        raise RuntimeError(f"{method} {address}: {answer.status}")
    return answer.status


def _share(taken: list[float], share: float) -> float:
    """The time within which so large a share of the calls ended."""
    return sorted(taken)[round(share * (len(taken) - 1))]


def _milliseconds(taken: list[float]) -> str:
    return f"p50 {1000 * _share(taken, 0.5):.0f} ms, p95 {1000 * _share(taken, 0.95):.0f} ms"
