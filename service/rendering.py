"""Pages from templates, in the request's language."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from loader import __version__
from loader.report_answer import share
from loader.rows import Row
from loader.terminal import shown
from service.language import LANGUAGES, chosen, translator


def _finalized(value: Any) -> Any:
    """A value as a page shows it: no hidden character, and nothing for None."""
    if value is None:
        return ""
    return value if isinstance(value, Markup) else shown(str(value), lines=True)


def number(value: Any, digits: int = 4) -> str:
    """A number with so many decimals; a dash where there is none."""
    return "–" if value is None else f"{float(value):.{digits}f}"


def query(values: dict[str, Any]) -> str:
    """The values that are given as the query of an address."""
    return urlencode({name: _plain(value) for name, value in values.items() if value is not None}, doseq=True)


def list_of(row: Row, names: list[str]) -> list[Any]:
    """The values of a row by their names."""
    return [row[name] for name in names]


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_finalized,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(share=share, number=number, query=query, list_of=list_of)
_templates.globals.update(version=__version__, languages=LANGUAGES)


def page(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """The page of a template; `values` are what it shows."""
    code = chosen(request)
    html = _templates.get_template(template).render(
        _=translator(code), language=code, path=request.url.path, back=_here(request), **values
    )
    return HTMLResponse(html, status, headers)


def _here(request: Request) -> str:
    """The path and query of a request, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
