"""What both databases can keep of JSON, at its edges."""

from __future__ import annotations

import pytest

from loader.json_limits import refusal

KEPT = [
    "{}",
    "null",
    '"양품"',
    "0e999",
    "-0.0",
    "9" * 40,
    f"{'9' * 38}.99",
    "1e125",
    "9.99e-130",
    "[" * 500 + "]" * 500,
    '"' + "[" * 5000 + '"',
    '"\\"' + "{" * 2000 + '"',
    f'{{"{"x" * 65535}": 1}}',
    '"\\ud83d\\ude00"',
]


@pytest.mark.parametrize("text", KEPT, ids=lambda text: text[:20])
def test_what_can_be_kept(text: str) -> None:
    assert refusal(text) is None


REFUSED = {
    "9" * 41: "digits",
    f"{'9' * 39}.9": "digits",
    "1e126": "range",
    "1e-131": "range",
    "[" * 1001 + "]" * 1001: "nested too deeply, in more than 1000 levels",
    f'{{"{"x" * 65536}": 1}}': "65535 bytes",
    '{"a": {"b": ["\\ud83d"]}}': "surrogate",
    '"\\u0000"': "U+0000",
    "[Infinity]": "no JSON number",
    "[1,": "not JSON",
    f'"{"x" * (32 * 1024 * 1024)}"': "larger than 32 MB",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_what_is_refused(text: str) -> None:
    reason = refusal(text)
    assert reason is not None
    assert REFUSED[text] in reason
