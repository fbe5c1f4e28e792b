/** Trains on made-up people whenever it is asked to: a child process of `training`. */
import { trainNmf } from '../../src/segmentation/nmf/nmf';
import { coordinateDescentNmf } from './coordinate-descent-nmf';
import { MadeUpRows } from './made-up-rows';

const SEGMENTS = 4;

export interface Trained {
  /** The source's own time included. */
  readonly seconds: number;
  readonly reconstructionError: number;
  readonly iterations: number;
}

const METHODS = {
  tertulia: (rows: MadeUpRows) =>
    trainNmf(
      rows,
      { segments: SEGMENTS, seed: 42 },
      { report: () => {}, signal: new AbortController().signal },
    ),
  streamed: (rows: MadeUpRows) =>
    trainNmf(
      rows,
      { segments: SEGMENTS, seed: 42, keptBytes: 0 },
      { report: () => {}, signal: new AbortController().signal },
    ),
  'coordinate-descent': (rows: MadeUpRows) => coordinateDescentNmf(rows, SEGMENTS),
};
export type Method = keyof typeof METHODS;

function main(method: Method, rowCount: number): void {
  const rows = new MadeUpRows(rowCount, 1);
  process.on('message', async () => {
    const begun = performance.now();
    const { reconstructionError, iterations } = await METHODS[method](rows);
    const seconds = (performance.now() - begun) / 1000;
    process.send?.({ seconds, reconstructionError, iterations } satisfies Trained);
  });
}

main(process.argv[2] as Method, Number(process.argv[3]));
