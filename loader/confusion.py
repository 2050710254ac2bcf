"""The confusion matrix of a run as a table, for its report and its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from loader.report_answer import share
from loader.rows import Row
from loader.terminal import shown_html

# With more classes than these a cell holds its number alone, and a column the number of its class: so a telephone shows
# fifteen of them side by side.
_FEW = 8
CSS: Final = """
.matrix td { text-align: right; white-space: nowrap; } .matrix a { color: inherit; font-weight: 600; }
.matrix small { color: inherit; font-weight: 400; } .matrix td > small { display: block; font-size: .75em; }
.matrix thead th { text-align: right; vertical-align: bottom; white-space: normal; max-width: 8rem; }
.matrix th[scope=row] { position: sticky; left: 0; background: #fff; color: inherit; text-align: left;
  white-space: normal; min-width: 5rem; max-width: 12rem; } .matrix th { overflow-wrap: anywhere; }
.matrix.many :is(th, td) { padding: .2rem .25rem; } .matrix.many abbr { text-decoration: none; }
.matrix .hit.s1, .matrix .hit.s2 { background: #e4f2ec; } .matrix .hit.s3, .matrix .hit.s4 { background: #cbe6da; }
.matrix .hit.s5, .matrix .hit.s6 { background: #a9d6c2; } .matrix .hit.s7, .matrix .hit.s8 { background: #86c5aa; }
.matrix .hit.s9, .matrix .hit.s10 { background: #6cb897; }
.matrix .miss.s1, .matrix .miss.s2 { background: #fae6e7; } .matrix .miss.s3, .matrix .miss.s4 { background: #f3cdcf; }
.matrix .miss.s5, .matrix .miss.s6 { background: #eab0b3; } .matrix .miss.s7, .matrix .miss.s8 { background: #e39699; }
.matrix .miss.s9, .matrix .miss.s10 { background: #dd8286; }
.matrix td.none { color: #6b7683; }
@media (max-width: 40rem) { .matrix.many { font-size: .66rem; }
  .matrix.many :is(th, td) { padding: .25rem .05rem; font-size: 1em; }
  .matrix.many th[scope=row] { min-width: 0; max-width: 3.2rem; hyphens: auto; } }
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many images of a class were taken for `predicted`, and their share of the class, 0 to 1."""

    predicted: str
    images: int
    share: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """Each class with a cell for every class, all in the order of their names."""

    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Self:
        """From rows of img_report.confusion_rows, which leave out what never happened."""
        names = sorted({row[key] for row in rows for key in ("actual", "predicted")})
        found = {
            (row["actual"], row["predicted"]): Cell(row["predicted"], int(row["images"]), float(row["share_of_actual"]))
            for row in rows
        }
        return cls(
            tuple((actual, tuple(found.get((actual, name), Cell(name, 0, 0.0)) for name in names)) for actual in names)
        )

    def table(self, title: str, link: Callable[[str, str], str] | None = None) -> str:
        """The table; `title` is told to who can not see it. `link` gives the address behind (actual, predicted)."""
        many = len(self.rows) > _FEW
        numbers = {name: number for number, (name, _) in enumerate(self.rows, start=1)}
        heads = "".join(f"<th scope='col'>{_head(name, numbers[name], many)}</th>" for name in numbers)
        lines = []
        for actual, cells in self.rows:
            number = f"<small>{numbers[actual]}</small> " if many else ""
            said = "".join(_cell(actual, cell, many, link) for cell in cells)
            lines.append(f"<tr><th scope='row'>{number}{shown_html(actual)}</th>{said}</tr>")
        return (
            f"<div class='scroll' tabindex='0' role='region' aria-label='{shown_html(title)}'>"
            f"<table class='matrix{' many' if many else ''}'><thead><tr><td></td>{heads}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table></div>"
        )


def _head(name: str, number: int, many: bool) -> str:
    return f"<abbr title='{shown_html(name)}'>{number}</abbr>" if many else shown_html(name)


def _cell(actual: str, cell: Cell, many: bool, link: Callable[[str, str], str] | None) -> str:
    kind = "hit" if cell.predicted == actual else "miss"
    images = str(cell.images)
    if cell.images and link is not None:
        images = f"<a href='{shown_html(link(actual, cell.predicted))}'>{images}</a>"
    part = f" <small>{share(cell.share)}</small>" if cell.images and not many else ""
    shade = f"{kind} s{round(10 * cell.share)}" if cell.images else "none"
    return f"<td class='{shade}'>{images}{part}</td>"
