"""How the report looks: on a screen, on a telephone, on paper."""

from __future__ import annotations

from typing import Final

from loader import charts, confusion

CSS: Final = (
    """
:root { color-scheme: light; --ink: #1a1f26; --soft: #55606d; --line: #d6dce3; --good: #0b6e4f; --bad: #a4262c;
        --paper: #fff; --band: #f4f6f8; --blue: #1f5fa8; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; overflow-wrap: anywhere;
       color: var(--ink); background: var(--paper);
       font: 1rem/1.5 system-ui, "Noto Sans KR", "Malgun Gothic", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
p.note { color: var(--soft); max-width: 46rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; padding: 0; }
.figures div { background: var(--band); border-radius: .5rem; padding: .6rem .8rem; }
.figures dt { color: var(--soft); font-size: .85rem; } .figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
.figures dd small { font-size: .8rem; font-weight: 400; color: var(--soft); display: block; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; overflow-wrap: normal; }
th, td { text-align: right; white-space: nowrap; padding: .3rem .7rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--soft); font-weight: 600; }
.sides { display: grid; gap: 0 2rem; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.sides > section { min-width: 0; }
table.files :is(th, td) { text-align: left; }
table.files td { white-space: normal; min-width: 5rem; overflow-wrap: anywhere; }
.cases { list-style: none; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); }
.case { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; }
.case p { margin: 0 0 .5rem; } .case .pictures { display: grid; grid-template-columns: repeat(4, 1fr); gap: .4rem; }
.changes { list-style: none; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); }
figure { margin: 0; } figure img, figure .none { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: .25rem;
  border: 3px solid transparent; background: var(--band); display: block; }
figure .none { display: grid; place-items: center; color: var(--soft); font-size: .7rem; text-align: center; }
figure.asked img, figure.asked .none { border-color: var(--ink); }
figcaption { font-size: .75rem; line-height: 1.3; }
summary { list-style: none; cursor: zoom-in; } summary::-webkit-details-marker { display: none; }
summary:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
@media (max-width: 40rem) { th, td { padding: .3rem .4rem; font-size: .85rem; }
  thead th { white-space: normal; } }
@media (max-width: 30rem) { th, td { padding: .3rem .18rem; font-size: .74rem; } }
@media screen { details[open] > summary { position: fixed; inset: 0; z-index: 1; display: grid; place-items: center;
    background: rgba(10, 14, 20, .9); cursor: zoom-out; }
  figure details[open] img { width: min(94vw, 94vh); aspect-ratio: auto; max-height: 94vh; object-fit: contain;
    background: none; border-color: transparent; } }
.good { color: var(--good); } .bad { color: var(--bad); }
p.answer { font-size: 1.15rem; max-width: 46rem; } .steps li { margin: .3rem 0; max-width: 52rem; }
code { background: var(--band); padding: .1rem .3rem; border-radius: .25rem; }
"""
    + charts.CSS
    + confusion.CSS
    + """
@page { margin: 14mm; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .scroll { overflow: visible; }
  h2, h3 { break-after: avoid; } p.note { break-after: avoid; }
  .case, tr, .figures div, figure, svg { break-inside: avoid; }
  .figures { grid-template-columns: repeat(4, 1fr); } .cases { grid-template-columns: repeat(2, 1fr); }
  .changes { grid-template-columns: repeat(6, 1fr); }
  .sides { grid-template-columns: 1fr 1fr; } .sides > section { break-inside: avoid; }
  .sides :is(th, td) { padding: .2rem .3rem; font-size: 8.5pt; white-space: normal; } .chart { max-width: 11cm; }
  .matrix th[scope=row] { position: static; }
  .matrix.many { font-size: 8pt; } .matrix.many :is(th, td) { padding: .15rem .2rem; }
  :is(th, td) { white-space: normal; overflow-wrap: anywhere; } * { print-color-adjust: exact; } }
"""
)
