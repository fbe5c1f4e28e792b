/** How a report looks: on a screen light and dark, on a phone, on paper. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1f2430; --soft: #5b6272; --paper: #faf7f2; --card: #fff; --line: #e4ddd2; --accent: #b4472c; --track: #f0ebe3; --above: 214 106 60; --below: 63 118 180; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8e1; --soft: #a9a59d; --paper: #17191f; --card: #20232b; --line: #343843; --accent: #f08a6c; --track: #2c303a; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 66rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
.eyebrow { margin: 0 0 .4rem; font-size: .85rem; letter-spacing: .08em; text-transform: uppercase; color: var(--soft); }
h1 { margin: 0; font: 600 2.5rem/1.15 Georgia, serif; color: var(--accent); }
h2 { margin: 0 0 .4rem; font: 600 1.5rem/1.25 Georgia, serif; }
h3 { display: flex; gap: .6rem; align-items: center; margin: 0; font: 600 1.1rem/1.3 Georgia, serif; }
section { margin-top: 3.25rem; }
.reading { max-width: 48rem; margin: 0 0 1.1rem; color: var(--soft); }
.reading strong, .reading em { color: var(--ink); }
.soft { color: var(--soft); }
.card { padding: 1.25rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); }
.facts { display: flex; flex-wrap: wrap; gap: .9rem 2.5rem; margin: 1.4rem 0; }
dt { font-size: .82rem; color: var(--soft); }
dd { margin: 0; }
.facts dd { font-weight: 600; }
.summary { max-width: 48rem; margin: 0; padding: 1rem 1.25rem 1rem 2.25rem; border-left: 4px solid var(--accent); background: var(--card); border-radius: 0 .75rem .75rem 0; }
.summary li + li { margin-top: .35rem; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; margin-top: 1.2rem; font-size: .92rem; }
a { color: var(--accent); }
.badge { display: inline-block; flex: none; min-width: 1.55em; padding: 0 .4em; border-radius: .8em; color: #fff; font: 600 .85rem/1.6 system-ui, sans-serif; text-align: center; }
.named { display: inline-flex; gap: .6rem; align-items: baseline; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
caption { padding-bottom: .5rem; text-align: left; font-size: .88rem; color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th { font-weight: 400; text-align: left; }
thead th { padding: .2rem .6rem .4rem 0; font-size: .82rem; color: var(--soft); vertical-align: bottom; }
tbody th, tbody td, tfoot th, tfoot td { padding: .34rem .6rem .34rem 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
thead th.number { padding-right: .6rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; border-radius: .3rem; }
.bar { display: block; width: 100%; height: .7rem; }
.track { fill: var(--track); }
.wide { width: 38%; min-width: 3rem; }
.bars tbody th { min-width: 7.5rem; }
.sizes tbody th { min-width: 9rem; }
.lift { color: var(--soft); }
.sizes { display: grid; grid-template-columns: minmax(11rem, 15rem) 1fr; gap: 1.5rem 2.25rem; align-items: center; }
.donut { display: block; width: 100%; max-width: 15rem; margin: 0 auto; }
.donut text { text-anchor: middle; fill: var(--ink); }
.donut .mark { font-size: 13px; font-weight: 700; fill: #fff; }
.donut .total { font: 600 26px Georgia, serif; }
.donut .unit { font-size: 12px; fill: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1.1rem; }
.segment { border-top: 5px solid; }
.segment p { margin: .35rem 0 .7rem; }
.picture { margin: 0; padding: 0; background: #fff; overflow: hidden; }
.picture img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.means td.number, .cross td.number { padding: .34rem .7rem; }
.means, .cross { width: auto; min-width: 100%; }
.means thead th, .cross thead th { padding: .2rem .7rem .6rem; min-width: 5.25rem; max-width: 11rem; text-align: right; vertical-align: top; line-height: 1.35; color: var(--ink); overflow-wrap: break-word; }
.means thead .badge, .cross thead .badge { display: table; margin: 0 0 .3rem auto; }
.means tbody th, .cross tbody th, .cross tfoot th, .cross thead .corner { position: sticky; left: 0; padding-left: 0; min-width: 9.5rem; max-width: 16rem; background: var(--card); text-align: left; }
.means tbody tr, .cross tbody tr { border-top: 1px solid var(--line); }
.means tbody .group { max-width: none; padding-top: 1rem; font-weight: 600; }
.group span { position: sticky; left: 0; }
.all { color: var(--soft); }
.key { padding: 0 .35em; border-radius: .25em; color: var(--ink); }
.above { background: rgb(var(--above) / .45); }
.below { background: rgb(var(--below) / .45); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; margin: 0 0 1rem; padding: 0; list-style: none; font-size: .95rem; }
.legend li { display: inline-flex; gap: .5rem; align-items: baseline; }
.stacks { display: grid; grid-template-columns: fit-content(12rem) 1fr; gap: .5rem 1rem; align-items: center; margin-bottom: 1.5rem; }
.stack { display: block; width: 100%; height: 1.7rem; border-radius: .3rem; }
.stack rect { stroke: var(--card); stroke-width: 1; }
.stack text { fill: #fff; font-size: 12.5px; font-weight: 600; text-anchor: middle; }
small { color: var(--soft); }
.cross td small { display: inline-block; min-width: 3.2em; }
.cross tfoot tr { border-top: 2px solid var(--line); font-weight: 600; }
.cross tfoot th { font-weight: 600; }
.chart { display: block; width: 100%; max-width: 46rem; min-width: 34rem; margin: 0 auto 1rem; }
.chart text { font-size: 12.5px; fill: var(--soft); }
.chart .strong { font-weight: 600; fill: var(--ink); }
.chart .middle { text-anchor: middle; }
.chart .end { text-anchor: end; }
.chart line { stroke: var(--line); }
.chart polyline { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.chart circle { fill: var(--card); stroke: var(--accent); stroke-width: 2.5; }
.chart .chosen { fill: rgb(var(--above) / .16); }
.chart .used { fill: none; stroke: var(--soft); stroke-dasharray: 4 4; }
.choice { max-width: 34rem; margin: 0 auto; overflow-wrap: normal; }
.choice tbody tr { border-top: 1px solid var(--line); }
.method { display: grid; gap: .5rem; margin: 0; }
.method div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; align-items: baseline; }
@media (max-width: 40rem) {
  main { padding: 1.75rem 1rem 3rem; }
  h1 { font-size: 1.9rem; }
  .card { padding: 1rem; }
  .sizes { grid-template-columns: 1fr; }
  .stacks { grid-template-columns: 1fr; gap: .15rem; }
  .stack { margin-bottom: .6rem; }
  .method div { grid-template-columns: 1fr; }
  .wide { width: 25%; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --card: #fff; --line: #ccc; --accent: #b4472c; --track: #eee; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 11.5px; }
  body { font-size: 1rem; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  section { margin-top: 1.75rem; }
  .scroll { overflow: visible; }
  .picture img { min-width: 0 !important; }
  h2, h3, .reading, thead { break-after: avoid; }
  .cards { grid-template-columns: 1fr 1fr; }
  .means tbody th, .cross tbody th, .cross tfoot th, .cross thead .corner { position: static; }
  .reading, .segment, .sizes, .stack, .chart, .picture, .choice, .method, tr { break-inside: avoid; }
  @page { margin: 14mm; }
}
`;
