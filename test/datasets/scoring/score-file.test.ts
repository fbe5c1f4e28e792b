import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { scoreFile } from '../../../src/datasets/scoring/score-file';
import { LocalScorer } from '../../../src/inference/local-scorer';
import { readManifest } from '../../../src/models/read-manifest';
import { defaultModelFile } from '../../../src/models/shipped/default-model';
import type { SegmentationManifest } from '../../../src/onnx/manifest';
import { describeWithSharedData, sharedData } from '../../shared-data';
import { openWorkplace, type Workplace } from '../encoding/encoding-tables';

let workplace: Workplace;
let scorer: LocalScorer;
let manifest: SegmentationManifest;
beforeAll(async () => {
  workplace = await openWorkplace();
  [scorer, manifest] = await Promise.all([
    LocalScorer.open(defaultModelFile),
    readManifest(defaultModelFile),
  ]);
});
afterAll(async () => {
  await workplace.close();
  await scorer.close();
});

async function score(csv: string | Buffer, signal = new AbortController().signal) {
  const input = join(workplace.folder, 'input.csv');
  await writeFile(input, csv);
  const pieces: Buffer[] = [];
  const output = new Writable({
    write(piece, _encoding, done) {
      pieces.push(Buffer.from(piece));
      done();
    },
  });
  const scored = await scoreFile(
    { input, output, manifest, scorer, folder: workplace.folder },
    { report: () => {}, signal },
  );
  return { ...scored, text: Buffer.concat(pieces).toString() };
}

const KEYS = () => manifest.features.map(({ key }) => key);

describe('scoreFile', () => {
  it('keeps every cell, quotes where it must, and adds the scores', async () => {
    const cells = ['a "b"', 'x;y', ' blank ', 'a, b', '', 'two\nlines', '007', 'ñandú', 'TRUE', '1.50'];
    const lines = cells.map((cell, i) => [
      `"${cell.replaceAll('"', '""')}"`,
      ...KEYS().map((_, k) => Number(k === i)),
    ]);
    const { text, rows, lobby, segmentSizes } = await score(
      [['Who', ...KEYS()], ...lines, ['"nobody"', ...KEYS().map(() => 0)]]
        .map((line) => line.join(';'))
        .join('\r\n'),
    );
    expect([rows, lobby, segmentSizes.reduce((a, b) => a + b)]).toEqual([11, 1, 10]);
    const table = parseCsv(text);
    expect(table[0]).toEqual([
      'Who',
      ...KEYS(),
      'cluster',
      'segment',
      ...manifest.segments.map(({ key }) => `affinity_${key}`),
    ]);
    expect(table.slice(1).map(([who]) => who)).toEqual([...cells, 'nobody']);
    expect(table.at(-1)?.slice(27)).toEqual(['', '', '0', '0', '0', '0']);
    for (const [, ...row] of table.slice(1, -1)) {
      const features = Float32Array.from(row.slice(0, 26), Number);
      const { affinities, segments } = await scorer.score(features);
      const segment = manifest.segments[segments[0] as number];
      expect(row.slice(26, 28)).toEqual([String(segment?.number), segment?.label.en]);
      row.slice(28).forEach((cell, s) => {
        expect(Number(cell)).toBeCloseTo(affinities[s] as number, 5);
      });
    }
  });

  it('gives back any table of texts as it was', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\0\r]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 30 }), async (cells) => {
        const line = (text: string, rest: readonly (string | number)[]) =>
          `"${text.replaceAll('"', '""')}",${rest.join(',')}\n`;
        const ones = KEYS().map((_, k) => Number(k % 3 === 0));
        const csv = line('A name', KEYS()) + cells.map((text) => line(text, ones)).join('');
        const { text } = await score(csv);
        expect(parseCsv(text).map(([first]) => first)).toEqual(['A name', ...cells]);
      }),
      { numRuns: 25 },
    );
  });

  it('says which columns are missing, and which cell is no boolean', async () => {
    await expect(score('name,surf\nme,1\n')).rejects.toMatchObject({
      message: expect.stringContaining(
        'The table lacks 10 columns of the model "nomads": "climbing", "fitness"',
      ),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const row = KEYS().map((key) => (key === 'sushi' ? 7 : 1));
    await expect(score(`${KEYS().join()}\n${row.join()}\n`)).rejects.toThrow(
      'Column "sushi": "7" is neither true nor false',
    );
  });

  it('stops when it is aborted', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(score(`${KEYS().join()}\n${KEYS().map(() => 1)}\n`, abort.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describeWithSharedData('scoreFile with the survey', () => {
  it('finds the published clusters', async () => {
    const { segmentSizes, text } = await score(await readFile(join(sharedData, 'nomads/survey.csv')));
    expect(segmentSizes).toEqual([27, 38, 22, 28]);
    const { survey } = JSON.parse(await readFile(join(sharedData, 'nomads/expected.json'), 'utf8'));
    const clusters = parseCsv(text)
      .slice(1)
      .map((row) => Number(row[5]));
    expect(clusters).toEqual(survey.map(({ cluster }: { cluster: number }) => cluster));
  });
});

/** RFC 4180, as plainly as it can be read. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
