"""One rule, one place: what may stand in one file of db/ alone, and the two names by which evaluations are called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loader.config import DB_DIRECTORY
from loader.database import Database, DatabaseError
from tests.db.helpers import insert_image

# What a rule looks like, and the files that hold it. A distance is a linear map in img_transform and its view, where
# WHITEN is applied.
RULES = {
    r"vector_distance\([^()]*, (?:cosine|euclidean)\)": {"packages/img_search.pkb"},
    r"exp\(\(least - distance\)": {"packages/img_vote.pkb"},
    r"co_least_distance then": {"packages/img_vote.pkb"},
    r"<= co_tie": {"packages/img_search.pkb"},
    r"co_z \* sqrt": {"packages/img_interval.pkb"},
    r"ln\(2\)": {"packages/img_compare.pkb"},
    r"<> 'NEW'": {"packages/img_dump.pkb"},
}


def _files(pattern: str) -> set[str]:
    found = set()
    for path in [*DB_DIRECTORY.glob("*/*.sql"), *DB_DIRECTORY.glob("packages/*")]:
        if re.search(pattern, re.sub(r"--[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)):
            found.add(str(path.relative_to(DB_DIRECTORY)))
    return found


@pytest.mark.parametrize("pattern", RULES)
def test_a_rule_stands_in_one_place(pattern: str) -> None:
    assert _files(pattern) == RULES[pattern]


def test_the_votes_are_counted_once() -> None:
    body = (DB_DIRECTORY / "packages" / "img_vote.pkb").read_text(encoding="utf-8")
    assert len(re.findall(r"order by r\.nearest, nlssort\(r\.class", body)) == 1


@pytest.fixture
def three(installed: Database) -> Database:
    for part, quality, vector in (("p", "good", [1, 0]), ("p", "bad", [0, 1]), ("q", "good", [1, 1])):
        insert_image(installed, part, quality, vector)
    installed.commit()
    return installed


def _figures(db: Database, run_id: int) -> list[object]:
    return list(
        db.execute(f"select images, tested, correct, within_part from vw_evaluation where run_id = {run_id}").rows
    )


@pytest.mark.parametrize("within", [True, False])
def test_flags_are_boolean_and_in_img_classify_numbers(within: bool, three: Database) -> None:
    new = three.value("img_evaluate.evaluate", p_k=1, p_within_part=within, p_approximate=False)
    old = three.value("img_classify.evaluate", p_k=1, p_within_part=int(within), p_approximate=0)
    assert _figures(three, new) == _figures(three, old)
    for routine in ("img_evaluate.evaluate", "img_classify.evaluate"):
        for flag in ("p_within_part", "p_approximate"):
            with pytest.raises(DatabaseError) as caught:
                three.value(routine, **{flag: None})
            assert caught.value.code == 20124


def test_a_run_of_one_part_by_either_name(three: Database) -> None:
    new = three.value("img_evaluate.evaluate", p_only_part="p")
    old = three.value("img_classify.evaluate", p_part="p")
    assert _figures(three, new) == _figures(three, old)
    (only,) = three.execute(f"select only_part from vw_evaluation where run_id = {new}").rows
    assert only == ("p",)


def test_what_readme_and_docs_say_to_type_runs(three: Database, project: Path) -> None:
    three.execute("update image_demo1 set image_id = 5 where image_id = (select min(image_id) from image_demo1)")
    pages = [project / "README.md", *sorted((project / "docs").glob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    typed = re.findall(r"^(?:SQL> )?exec (img_classify\.[^\n-]*?)(?: +--.*)?$", text, re.M)
    assert "img_classify.validate_loo" in typed
    for call in sorted(set(typed)):
        three.execute(f"begin {call.replace('탱크', 'p')}; end;")
    (query,) = set(re.findall(r"```sql\n(select img_classify\.classify.*?);\n```", text, re.S))
    ((answer,),) = three.execute(query.replace("'mono'", "'p'")).rows
    assert '"class"' in str(answer) or "class" in answer
