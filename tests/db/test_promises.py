"""The specs keep their word: the errors that bodies raise are promised, no others are, and so are cursors' columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.db.promises import bodies, in_order, names, promises, raised

# Of img_index.nearest, where what it checks is known to be right. It searches without a transform, and so knows every
# part.
_SEARCH = {
    "e_bad_parameter", "e_missing_argument", "e_not_approximate", "e_unknown_metric", "e_unknown_part",
    "e_unknown_source", "e_unknown_target",
}  # fmt: skip
# What a body names, in routines that it calls, and its caller never meets: the arguments exclude it.
UNREACHABLE: dict[str, set[str]] = {
    "img_classify.classify_batch": {"e_bad_parameter", "e_unknown_target"},
    "img_classify.evaluate": {"e_bad_grades", "e_unknown_run"},
    "img_classify.sweep": {
        "e_bad_grades", "e_needs_folds", "e_no_index", "e_not_approximate", "e_not_graded", "e_unknown_run",
        "e_unknown_transform",
    },
    "img_classify.validate_loo": {
        "e_bad_folds", "e_bad_grades", "e_bad_k", "e_bad_parameter", "e_bad_path", "e_bad_split", "e_bad_temperature",
        "e_bad_threshold", "e_missing_argument", "e_needs_folds", "e_needs_loader", "e_no_index",
        "e_not_approximate", "e_not_graded", "e_too_long", "e_unknown_method", "e_unknown_metric", "e_unknown_run",
        "e_unknown_source", "e_unknown_target", "e_unknown_transform", "e_unknown_weighting",
    },
    "img_evaluate.evaluate": {"e_bad_grades", "e_unknown_run"},
    "img_map.vectors": {"e_unknown_part"},
    "img_evaluate.finish_run": {"e_bad_parameter"},
    "img_evaluate.sweep": {
        "e_bad_grades", "e_needs_folds", "e_no_index", "e_not_approximate", "e_not_graded", "e_unknown_run",
        "e_unknown_transform",
    },
    "img_index.accuracy_report": _SEARCH - {"e_bad_parameter"},
    "img_index.advise": _SEARCH,
    "img_index.measure": _SEARCH - {"e_bad_parameter"},
    "img_index.nearest": {"e_unknown_part"},
    "img_index.rebuild": {"e_bad_parameter"},
    "img_search.find_approximately": {"e_bad_parameter"},
    "img_report.nearest_images": {"e_not_approximate", "e_unknown_part"},
    "img_review.near_duplicates": {"e_missing_argument", "e_not_approximate", "e_unknown_metric"},
    "img_search.near_pairs": _SEARCH,
    "img_transform.begin_fit": {"e_unknown_part"},
    "img_transform.fit_named": {"e_bad_grades", "e_unknown_part"},
    "img_transform.fit_run": {
        "e_bad_grades", "e_bad_parameter", "e_not_graded", "e_missing_argument", "e_mixed_formats", "e_mixed_models",
        "e_no_images", "e_too_long",
        "e_unknown_part", "e_unknown_target",
    },
}  # fmt: skip
PACKAGES = Path(__file__).resolve().parents[2] / "db" / "packages"
PROMISED = promises(PACKAGES)
BODIES = bodies(PACKAGES)


@pytest.mark.parametrize("routine", sorted(PROMISED.keys() - {"img_error.throw", "img_error.message"}))
def test_a_routine_raises_what_its_spec_says(routine: str) -> None:
    found = raised(routine, BODIES)
    excluded = UNREACHABLE.get(routine, set())
    assert excluded <= found
    assert PROMISED[routine].errors == found - excluded


@pytest.mark.parametrize("routine", sorted(name for name, promise in PROMISED.items() if promise.columns is not None))
def test_a_cursor_has_the_columns_that_its_spec_says(routine: str) -> None:
    columns = BODIES[routine].columns
    assert columns
    promised = PROMISED[routine].columns or ""
    assert in_order(columns, promised)
    assert names(promised) <= set(columns)


def test_every_cursor_has_a_promise() -> None:
    opened = {name for name, body in BODIES.items() if body.columns is not None and name in PROMISED}
    assert opened == {name for name, promise in PROMISED.items() if promise.columns is not None}


def test_a_promise_that_is_not_kept_is_seen(tmp_path: Path) -> None:
    (tmp_path / "img_x.pks").write_text(
        "  /** @return rows of a, b: the first\n   * @exception img_error.e_no_images, e_bad_k */\n"
        "  function f return sys_refcursor;\n"
    )
    (tmp_path / "img_x.pkb").write_text(
        "  procedure check_it is\n  begin\n    img_error.throw(img_error.co_no_images);\n  end check_it;\n"
        "  function f return sys_refcursor is\n  begin\n    check_it;\n    open l_f for\n      select a, max(c) as d\n"
        "        from t;\n    return l_f;\n  end f;\n"
    )
    found = bodies(tmp_path)
    assert raised("img_x.f", found) == {"e_no_images"}
    assert promises(tmp_path)["img_x.f"].errors == {"e_no_images", "e_bad_k"}
    assert found["img_x.f"].columns == ["a", "d"]
    assert not in_order(["a", "d"], "rows of a, b: the first")
    assert names("rows of a, b: the first") == {"a"}
