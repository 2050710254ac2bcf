"""CSV files as people have them: encodings, separators, quotes, headings and rows that say too much or too little."""

from __future__ import annotations

import csv
import io
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.config import ConfigurationError
from loader.layouts import Layout, table
from loader.layouts.csv_rows import rows
from loader.layouts.csv_table import table_with
from tests.loader.layout_trees import Read, items, read, write_tree


def read_csv(root: Path, content: str | bytes, layout: Layout = table) -> Read:
    write_tree(root, {"a.jpg": "", "b.jpg": "", "c.jpg": "", "labels.csv": content})
    return read(root, layout)


TWO = {"labels.csv#a.jpg": [("door", "good")], "labels.csv#b.jpg": [("door", "bad")]}
TABLES: dict[str, str | bytes] = {
    "plain": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad\n",
    "no line end": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad",
    "CR alone": "file,part,quality\ra.jpg,door,good\rb.jpg,door,bad\r",
    "CR LF": "file,part,quality\r\na.jpg,door,good\r\nb.jpg,door,bad\r\n",
    "semicolon": "file;part;quality\na.jpg;door;good\nb.jpg;door;bad\n",
    "tab": "file\tpart\tquality\na.jpg\tdoor\tgood\nb.jpg\tdoor\tbad\n",
    "Excel's hint": "sep=;\nfile;part;quality\na.jpg;door;good\nb.jpg;door;bad\n",
    "BOM": "\ufefffile,part,quality\na.jpg,door,good\nb.jpg,door,bad\n",
    "UTF-16": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad\n".encode("utf-16"),
    "UTF-16 without BOM": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad\n".encode("utf-16-le"),
    "UTF-16, big end first": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad\n".encode("utf-16-be"),
    "UTF-32": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad\n".encode("utf-32"),
    "case and blanks": " File , PART,Quality\n a.jpg , door,good \nb.jpg,\u3000door,bad\u00a0\n",
    "Korean headings": "파일명,부품,품질\na.jpg,door,good\nb.jpg,door,bad\n",
    "other words": "Image_Name,Part,Quality,note\na.jpg,door,good,x\nb.jpg,door,bad,\n",
    "another order": "quality,file,part\ngood,a.jpg,door\nbad,b.jpg,door\n",
    "quotes": '"file","part","quality"\n"a.jpg","door", "good" \nb.jpg,"door","bad"\n',
    "blank lines": "\n\nfile,part,quality\n\na.jpg,door,good\n,,\nb.jpg,door,bad\n\n",
    "empty cells at the end": "file,part,quality\na.jpg,door,good,,\nb.jpg,door,bad\n",
    "NFD": "file,part,quality\na.jpg,door,good\nb.jpg,door,bad\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_any_form(tmp_path: Path, name: str) -> None:
    found = read_csv(tmp_path, TABLES[name])
    assert (found.classes, found.problems) == (TWO, {})


def test_korean_values_in_each_encoding(tmp_path: Path) -> None:
    text = "파일,부품,품질\na.jpg,도어,양품\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp949"):
        found = read_csv(tmp_path, text.encode(encoding))
        assert found.classes == {"labels.csv#a.jpg": [("도어", "양품")]}
        assert ("CP949" in "".join(found.notes)) == (encoding == "cp949")


def test_an_encoding_that_is_asked_for(tmp_path: Path) -> None:
    content = "file,part,quality\na.jpg,dør,godt\n".encode("latin-1")
    assert "line 2: byte 25 is not UTF-8, nor is it CP949" in read_csv(tmp_path, content).problems["labels.csv"]
    assert read_csv(tmp_path, content, table_with("latin-1", None)).classes == {"labels.csv#a.jpg": [("dør", "godt")]}
    assert "is not ASCII" in read_csv(tmp_path, content, table_with("ascii", None)).problems["labels.csv"]


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "a\0b", "undefined", "x" * 300])
def test_an_encoding_that_does_not_exist(encoding: str) -> None:
    with pytest.raises(ConfigurationError, match="unknown encoding"):
        table_with(encoding, None)


def test_columns_that_are_named(tmp_path: Path) -> None:
    content = "품명,사진,Class Name\ndoor,a.jpg,good\n"
    found = read_csv(tmp_path, content)
    assert "line 1: the columns file, part, quality are missing; there are 품명, 사진, Class Name" in "".join(
        found.problems.values()
    )
    layout = table_with(None, "file=사진, part=품명,quality=class name")
    assert read_csv(tmp_path, content, layout).classes == {"labels.csv#a.jpg": [("door", "good")]}
    # One that is named takes the place of the usual words.
    content = "file,part,quality,grade\na.jpg,door,good,A\n"
    assert read_csv(tmp_path, content, table_with(None, "quality=grade")).classes == {
        "labels.csv#a.jpg": [("door", "A")]
    }


@pytest.mark.parametrize("columns", ["file", "file=", "name=x", "file=a,file=b", "=", ","])
def test_columns_that_can_not_be_read(columns: str) -> None:
    with pytest.raises(ConfigurationError, match="--columns takes file="):
        table_with(None, columns)


def test_rows_of_one_image(tmp_path: Path) -> None:
    filler = "".join(f"x{number}.jpg,door,good\n" for number in range(30_000))
    found = read_csv(
        tmp_path,
        "file,part,quality\na.jpg,door,good\nb.jpg,door,good\nc.jpg,door,good\n"
        + filler
        + "a.jpg,door,good\n b.jpg,wheel,bad\nc.jpg,door,bad\n./x0.jpg,door,good\n",
    )
    assert found.classes["labels.csv#a.jpg"] == [("door", "good")]
    assert found.classes["labels.csv#b.jpg"] == [("door", "good"), ("wheel", "bad")]
    assert found.problems == {"labels.csv#c.jpg": "line 4 says good and line 30007 says bad of the part door"}
    assert any("rows say again what an earlier row says" in note for note in found.notes)
    assert len(found.classes) == 30_003


BAD_ROWS = {
    "extra cells": ("a.jpg,door,good,extra,more", "#a.jpg", "line 3: there are 5 cells, and the head has 3"),
    "missing cells": ("a.jpg", "#a.jpg", "line 3: there are 1 cells, and the head has 3"),
    "no file": (" ,door,good", ":3", "line 3: the cell of the file is empty"),
    "a long part": (f"a.jpg,{'도' * 101},good", "#a.jpg", "line 3: part has 101 characters, and 100 are the limit"),
    "a big cell": (f"a.jpg,door,{'x' * 200_000}", "#a.jpg", "line 3: a cell is longer than 131,072 characters"),
    "a big cell in quotes": (f'a.jpg,door,"{"x" * 200_000}"', "#a.jpg", "a cell is longer than 131,072 characters"),
    "a big row": ("a.jpg,door,good," + "x" * 60_000 * 3 + ("," + "x" * 100_000) * 20, "#a.jpg", "longer than"),
    "many cells": ("a.jpg,door,good" + "," * 10_000 + "x", "#a.jpg", "line 3: there are"),
    "text behind a quote": ('a.jpg,"door"x,good', "#a.jpg", "line 3: there is text behind a closing quote"),
    "a long name": (f"{'x' * 1001},door,good", "#" + "x" * 20, "line 3: file_name has 1001 characters"),
    "NUL": ("a.jpg,do\0or,good", "#a.jpg", "U+0000"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_costs_itself_alone(tmp_path: Path, name: str) -> None:
    row, key, reason = BAD_ROWS[name]
    found = read_csv(tmp_path, f"file,part,quality\nb.jpg,door,good\n{row}\nc.jpg,door,bad\n".encode())
    assert found.classes == {"labels.csv#b.jpg": [("door", "good")], "labels.csv#c.jpg": [("door", "bad")]}
    ((path, problem),) = found.problems.items()
    assert path.startswith(f"labels.csv{key}")
    assert reason in problem


def test_empty_cells_are_unlabelled(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "file,part,quality\na.jpg,,good\nb.jpg,door, \n")
    assert found.classes == {"labels.csv#a.jpg": [(None, "good")], "labels.csv#b.jpg": [("door", None)]}
    assert found.notes[0].startswith("1 labels name no part")
    assert found.notes[1].startswith("1 labels name no quality")


@pytest.mark.parametrize(
    "rest", ['b.jpg,"door,good\nc.jpg,door,bad\n', 'b.jpg,"door,good\nc.jpg,"door",bad\n', 'b.jpg,"' + "x" * 300_000]
)
def test_a_quote_that_is_not_closed(tmp_path: Path, rest: str) -> None:
    found = read_csv(tmp_path, f"file,part,quality\na.jpg,door,good\n{rest}")
    assert found.classes == {"labels.csv#a.jpg": [("door", "good")]}
    ((path, problem),) = found.problems.items()
    assert (path, "the quote that begins on line 3 is not closed" in problem) == ("labels.csv:3", True)


def test_quoted_separators_quotes_and_lines(tmp_path: Path) -> None:
    found = read_csv(
        tmp_path, 'file,part,quality\n"a.jpg","door, left","scr""atch"\nb.jpg,"two\nlines",5" pipe\nc.jpg,door\n'
    )
    assert found.classes == {
        "labels.csv#a.jpg": [("door, left", 'scr"atch')],
        "labels.csv#b.jpg": [("two\nlines", '5" pipe')],
    }
    assert found.problems["labels.csv#c.jpg"].startswith("line 5:")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the table is empty"),
        ("\n\n", "the table is empty"),
        ("x,y\n1,2\n", "the columns file, part, quality are missing; there are x, y"),
        ("file,part,quality,quality\na.jpg,a,b,c\n", "line 1: the column quality stands twice"),
        ('"file,part', "the quote that begins on line 1 is not closed"),
        (b"\xff\xfea", "is not UTF-16"),
    ],
)
def test_a_table_that_can_not_be_read(tmp_path: Path, content: str | bytes, reason: str) -> None:
    assert reason in read_csv(tmp_path, content).problems["labels.csv"]


def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "labels.csv")
    assert any("FIFO" in problem for problem in read(tmp_path, table).problems.values())


cells = st.text(st.sampled_from('ab ",;\t\n\r각é\0'), max_size=6)


@settings(max_examples=300, deadline=None)
@given(written=st.lists(st.lists(cells, min_size=1, max_size=4), max_size=5), separator=st.sampled_from(",;\t"))
def test_what_the_csv_module_writes_is_read_as_it_is(written: list[list[str]], separator: str) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(written)
    found = [row.cells for row in rows(io.TextIOWrapper(io.BytesIO(stream.getvalue().encode()), "utf-8"), separator)]
    assert found == [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in written]


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=80)
    | st.text(st.sampled_from('file,part,quality\n\r";a.jpg각 \0'), max_size=80).map(
        lambda text: b"file,part,quality\n" + text.encode()
    )
)
def test_any_bytes_give_label_items_alone(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("any")
    write_tree(root, {"labels.csv": content})
    read(root, table)


def test_lines_are_counted_through_quotes_and_pieces() -> None:
    random.seed(1)
    text, starts, line = "", [], 1
    for _ in range(200):
        starts.append(line)
        value = "x" * random.choice([3, 70_000]) + "\n" * random.randrange(3) + '""' * random.randrange(3)
        text += f'a,"{value}",b\n'
        line += value.count("\n") + 1
    found = list(rows(io.StringIO(text), ","))
    assert [row.line for row in found] == starts
    assert all(row.cells[0] == "a" and row.cells[2] == "b" for row in found)


def test_items_come_with_the_hash_of_what_is_sent(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.csv": "file,part,quality\nx.jpg,a,b\n"})
    (one,) = items(tmp_path, table)
    write_tree(tmp_path, {"a.csv": "file,part,quality\n\nx.jpg, a,b\n"})
    (same,) = items(tmp_path, table)
    write_tree(tmp_path, {"a.csv": "file,part,quality\nx.jpg,a,c\n"})
    (other,) = items(tmp_path, table)
    assert one.hash == same.hash != other.hash
