import { escapeXml } from '../../models/heatmap/svg-text';
import type { ReportContent } from '../report';
import { choiceSection } from './choice-section';
import { crossTableSection } from './cross-table-section';
import { heatmapSection } from './heatmap-section';
import { meansSection } from './means-section';
import { methodSection } from './method-section';
import { count } from './report-numbers';
import { REPORT_STYLE } from './report-style';
import { sectionHtml } from './section';
import { segmentsSection } from './segments-section';
import { sizesSection } from './sizes-section';
import { summary } from './summary';

/** A report as one HTML page that needs no script, no other file and no network. */
export function reportHtml(content: ReportContent): string {
  const { title, crossTable } = content;
  const sections = [
    sizesSection(content),
    segmentsSection(content),
    heatmapSection(content),
    meansSection(content),
    crossTable === null ? null : crossTableSection(content, crossTable),
    choiceSection(content),
    methodSection(content),
  ].filter((section) => section !== null);
  const links = sections.map((section) => `<a href="#${section.id}">${escapeXml(section.title)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Segment report</p>
<h1>${escapeXml(title)}</h1>
${facts(content)}
<ul class="summary">${summary(content)
    .map((sentence) => `<li>${sentence}</li>`)
    .join('')}</ul>
<nav aria-label="Sections">${links.join('')}</nav>
</header>
${sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
}

function facts({ dataset, model, segments, crossTable, createdAt }: ReportContent): string {
  const version = model.version === null ? '' : `, version ${model.version}`;
  const all: [string, string][] = [
    ['Rows', count(dataset.rows)],
    ['Segments', String(segments.length)],
    ['Model', `${model.name}${version}`],
    ...(crossTable === null ? [] : ([['Grouped by', crossTable.column]] as [string, string][])),
    ['Made', dateOf(createdAt)],
  ];
  return `<dl class="facts">${all.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeXml(value)}</dd></div>`).join('')}</dl>`;
}

function dateOf(iso: string): string {
  return new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));
}
