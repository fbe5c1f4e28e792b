import { escapeXml } from '../../models/heatmap/svg-text';
import {
  type Association,
  type CrossTable,
  type CrossTableRow,
  groupName,
  type ReportContent,
  type ReportedSegment,
} from '../report';
import { stackedBar } from './bars';
import { amount, count, percent } from './report-numbers';
import { badge, type Section, scrolling, segmentHeaders } from './section';
import { LOBBY_COLOUR, segmentColour } from './segment-colours';

export function crossTableSection({ segments, lobby }: ReportContent, crossTable: CrossTable): Section {
  const column = escapeXml(crossTable.column);
  return {
    id: 'cross-table',
    title: `Segments by ${crossTable.column}`,
    reading: `How the rows of each value of “${column}” fall into the segments. A bar is one value, all its rows being 100%; bars that look alike mean that “${column}” makes no difference. ${verdict(crossTable)}`,
    body: `<div class="card">${legend(segments, lobby.size > 0)}<div class="stacks">${crossTable.values
      .map((row) => barOf(row, segments))
      .join(
        '\n',
      )}</div>${scrolling(`Segments by ${crossTable.column}`, table(crossTable, segments, lobby.size > 0))}</div>`,
  };
}

/** How much the column has to do with the segments, in words. Thresholds: Cohen, Statistical Power Analysis, 1988. */
export function strengthOf({ cramersV }: Association): string {
  if (cramersV < 0.1) return 'hardly anything';
  if (cramersV < 0.3) return 'a little';
  return cramersV < 0.5 ? 'clearly something' : 'a great deal';
}

function verdict({ column, association }: CrossTable): string {
  if (association === null) return '';
  const { chiSquare, degreesOfFreedom, cramersV } = association;
  return `Here “${escapeXml(column)}” has <strong>${strengthOf(association)}</strong> to do with the segments (Cramér's V ${cramersV.toFixed(2)} on a scale from 0 to 1; χ² ${amount(chiSquare)} with ${degreesOfFreedom} degrees of freedom).`;
}

function legend(segments: readonly ReportedSegment[], hasLobby: boolean): string {
  const items = segments.map(
    (segment, s) => `<li>${badge(segment, s)} <span>${escapeXml(segment.label)}</span></li>`,
  );
  if (hasLobby) {
    items.push(
      `<li><span class="badge" style="background:${LOBBY_COLOUR}">–</span> <span>No interest</span></li>`,
    );
  }
  return `<ul class="legend" aria-hidden="true">${items.join('')}</ul>`;
}

function barOf(row: CrossTableRow, segments: readonly ReportedSegment[]): string {
  const name = groupName(row);
  const parts = segments.map(({ number }, s) => {
    const share = row.shares[s] as number;
    return { name: `segment ${number}`, mark: percent(share), share, colour: segmentColour(s) };
  });
  const share = row.size > 0 ? row.lobby / row.size : 0;
  const lobby = { name: 'no interest', mark: percent(share), share, colour: LOBBY_COLOUR };
  return `<div class="stack-name">${escapeXml(name)}</div>${stackedBar(name, row.lobby > 0 ? [...parts, lobby] : parts)}`;
}

function table(
  { column, values }: CrossTable,
  segments: readonly ReportedSegment[],
  hasLobby: boolean,
): string {
  const cell = (rows: number, size: number) =>
    `<td class="number">${count(rows)} <small>${percent(size > 0 ? rows / size : 0)}</small></td>`;
  const line = (name: string, counts: readonly number[], lobby: number) => {
    const size = counts.reduce((a, b) => a + b, lobby);
    const cells = [...counts, ...(hasLobby ? [lobby] : [])].map((rows) => cell(rows, size));
    return `<tr><th scope="row">${escapeXml(name)}</th>${cells.join('')}<td class="number all">${count(size)}</td></tr>`;
  };
  const totals = segments.map((_, s) => values.reduce((sum, { counts }) => sum + (counts[s] as number), 0));
  const lobbyTotal = values.reduce((sum, { lobby }) => sum + lobby, 0);
  return `<table class="cross"><caption class="hidden">Rows and shares of each value of ${escapeXml(column)} by segment</caption>
<thead><tr><th scope="col" class="corner">${escapeXml(column)}</th>${segmentHeaders(segments)}${hasLobby ? '<th scope="col">No interest</th>' : ''}<th scope="col">Rows</th></tr></thead>
<tbody>${values.map((row) => line(groupName(row), row.counts, row.lobby)).join('\n')}</tbody>
<tfoot>${line('All', totals, lobbyTotal)}</tfoot></table>`;
}
