import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientError } from '../../../src/errors';
import { defaultModelFolder } from '../../../src/models/shipped/default-model';
import type { TrainingControl } from '../../../src/segmentation/factorization';
import { type NmfOptions, trainNmf } from '../../../src/segmentation/nmf/nmf';
import { kktResidual } from '../../onnx/kkt';
import { describeWithSharedData } from '../../shared-data';
import { groceryRows, surveyRows, wholesaleRows } from '../nmf-data';
import { plantSegments } from '../planted';
import { rowsOf } from '../rows-of';

const unwatched: TrainingControl = { report: () => {}, signal: new AbortController().signal };

function train(rows: readonly number[][], options: Partial<NmfOptions>) {
  return trainNmf(rowsOf(rows), { segments: 3, seed: 42, ...options }, unwatched);
}

describeWithSharedData('NMF of the survey', () => {
  const { components: published } = JSON.parse(
    readFileSync(join(defaultModelFolder, 'published-components.json'), 'utf8'),
  ) as { components: number[][] };

  it.each([42, 1, 2, 3, 4, 5])('with seed %i finds the best known segments', async (seed) => {
    const rows = surveyRows();
    const found = await train(rows, { segments: 4, seed });
    expect(found.reconstructionError).toBeLessThanOrEqual(20.1283082);
    const matches = found.components.map((component) =>
      published.findIndex((other) => cosine(component, other) >= 0.999),
    );
    expect([...matches].sort()).toEqual([0, 1, 2, 3]);
    expect(found.segmentSizes.reduce((sum, size) => sum + size)).toBe(rows.length);
    expect(found.segmentSizes).toEqual([...found.segmentSizes].sort((a, b) => b - a));
  });
});

describeWithSharedData('NMF of the wholesale customers', () => {
  it.each([
    [2, 2.3365997674],
    [3, 1.7001954075],
    [4, 1.1298273352],
  ])('into %i segments reaches the best known error', async (segments, best) => {
    const { reconstructionError } = await train(wholesaleRows(), { segments });
    expect(Math.abs(reconstructionError / best - 1)).toBeLessThan(1e-5);
  });
});

describeWithSharedData('NMF of the groceries', () => {
  it.each([
    [5, 177.8892],
    [8, 169.769],
  ])('into %i segments reaches the best known error', async (segments, best) => {
    const { reconstructionError } = await train(groceryRows(), { segments });
    expect(reconstructionError).toBeLessThanOrEqual(best);
  });
});

describe('trainNmf', () => {
  const planted = plantSegments({ rowCount: 300, featureCount: 18, segmentCount: 3, seed: 1 }).rows.map(
    (row) => [...row],
  );

  it('tells components of unit length, sizes, means and the error of the best fit', async () => {
    const found = await train(planted, {});
    for (const component of found.components) expect(Math.hypot(...component)).toBeCloseTo(1, 12);
    expect(found.featureMeans[0]).toBeCloseTo(
      planted.reduce((sum, row) => sum + (row[0] as number), 0) / 300,
      12,
    );
    expect(found.segmentSizes).toHaveLength(3);
    expect(found.iterations).toBeGreaterThan(0);
    expect(found.reconstructionError).toBeCloseTo(errorByCoordinateDescent(planted, found.components), 9);
  });

  it('gives the same for the same seed, whatever the batches, and when it streams', async () => {
    const options = { segments: 3, seed: 7 };
    const found = await trainNmf(rowsOf(planted), options, unwatched);
    expect(await trainNmf(rowsOf(planted, 7), options, unwatched)).toEqual(found);
    const streamed = await trainNmf(rowsOf(planted), { ...options, keptBytes: 0 }, unwatched);
    expect(streamed.reconstructionError).toBeCloseTo(found.reconstructionError, 9);
    expect(await trainNmf(rowsOf(planted, 7), { ...options, keptBytes: 0 }, unwatched)).toEqual(streamed);
  });

  it('tries the starts on a sample of very many rows, and refines on all', async () => {
    const { rows } = plantSegments({ rowCount: 25_000, featureCount: 12, segmentCount: 3, seed: 2 });
    const found = await trainNmf(rowsOf(rows), { segments: 3, seed: 1 }, unwatched);
    const again = await trainNmf(rowsOf(rows), { segments: 3, seed: 2 }, unwatched);
    expect(found.segmentSizes.reduce((sum, size) => sum + size)).toBe(
      rows.filter((row) => row.includes(1)).length,
    );
    expect(again.reconstructionError / found.reconstructionError).toBeCloseTo(1, 5);
  });

  it('handles more segments than are enumerated', async () => {
    const { rows } = plantSegments({ rowCount: 200, featureCount: 30, segmentCount: 15, seed: 3 });
    const found = await trainNmf(rowsOf(rows), { segments: 15, seed: 1, starts: 2 }, unwatched);
    expect(found.reconstructionError).toBeCloseTo(errorByCoordinateDescent(rows, found.components), 6);
  });

  it('reports what it does, and how far it is', async () => {
    const told: [number, string][] = [];
    await trainNmf(
      rowsOf(planted),
      { segments: 3, seed: 1 },
      { ...unwatched, report: (...line) => told.push(line) },
    );
    const progress = told.map(([done]) => done);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect([progress[0], progress.at(-1)]).toEqual([0, 1]);
    const messages = told.map(([, message]) => message);
    expect(messages).toContain('start 3 of 11');
    expect(messages).toContainEqual(expect.stringMatching(/^sweep \d+, error \d+\.\d{3}$/));
  });

  it('stops when it is cancelled', async () => {
    const cancel = new AbortController();
    const { rows } = plantSegments({ rowCount: 20_000, featureCount: 20, segmentCount: 5, seed: 1 });
    const report = (progress: number) => {
      if (progress > 0.1) cancel.abort(new Error('cancelled'));
    };
    const training = trainNmf(rowsOf(rows), { segments: 8, seed: 1 }, { report, signal: cancel.signal });
    await expect(training).rejects.toThrow('cancelled');
  });

  it('does not even read when it is cancelled before', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    const source = rowsOf(planted);
    const batches = jest.spyOn(source, 'batches');
    await expect(trainNmf(source, { segments: 3, seed: 1 }, { ...unwatched, signal })).rejects.toThrow(
      'cancelled',
    );
    expect(batches).not.toHaveBeenCalled();
  });

  it('scales its error with the data', async () => {
    const { reconstructionError, components } = await train(planted, {});
    for (const factor of [2 ** -20, 3, 2 ** 20]) {
      const scaled = await train(
        planted.map((row) => row.map((value) => value * factor)),
        {},
      );
      expect(scaled.reconstructionError / factor).toBeCloseTo(reconstructionError, 7);
      scaled.components.forEach((component, s) => {
        expect(cosine(component, components[s] as number[])).toBeCloseTo(1, 6);
      });
    }
  });

  it('gives the same for rows in another order, but for rounding', async () => {
    const { reconstructionError, segmentSizes, components } = await train(planted, {});
    const turned = await train([...planted].reverse(), {});
    expect(turned.reconstructionError).toBeCloseTo(reconstructionError, 9);
    expect(turned.segmentSizes).toEqual(segmentSizes);
    turned.components.forEach((component, s) => {
      expect(cosine(component, components[s] as number[])).toBeCloseTo(1, 6);
    });
  });

  const copies = (row: readonly number[]) => Array.from({ length: 12 }, () => [...row]);
  it.each<[string, number[][], number]>([
    ['rows that are all the same', copies([1, 1, 1, 0]), 3],
    ['rows that are multiples', copies([1, 2, 3, 4]).map((row, i) => row.map((v) => v * (i + 1))), 3],
    [
      'no more rows than segments',
      [
        [1, 0, 1],
        [0, 1, 1],
      ],
      2,
    ],
    ['one number', [[3]], 1],
    ['columns that are copies', planted.map(([a, b]) => [a, a, b, b] as number[]), 4],
    ['huge and tiny numbers', planted.map((row) => row.map((v, i) => (i % 2 ? v * 1e12 : v * 1e-12))), 3],
    [
      'constant columns and empty rows',
      planted.map((row, i) => (i % 3 ? [5, ...row] : [0, ...row.map(() => 0)])),
      3,
    ],
  ])('has an answer for %s', async (_, rows, segments) => {
    const found = await train(rows, { segments });
    expect(found.components.flat().every((value) => value >= 0 && value <= 1 + 1e-12)).toBe(true);
    expect(found.reconstructionError).toBeGreaterThanOrEqual(0);
    expect(found.reconstructionError).toBeLessThanOrEqual(Math.hypot(...rows.flat()));
    expect(found.segmentSizes.reduce((sum, size) => sum + size)).toBe(
      rows.filter((row) => row.some((value) => value > 0)).length,
    );
    for (const component of found.components) {
      const length = Math.hypot(...component);
      expect(length === 0 || Math.abs(length - 1) < 1e-9).toBe(true);
    }
  });

  it.each<[string, number[][], number]>([
    ['segments: 0 is not a whole number from 1 to 30.', [[1]], 0],
    ['segments: 2.5 is not a whole number from 1 to 30.', [[1]], 2.5],
    ['segments: 31 is not a whole number from 1 to 30.', [[1]], 31],
    [
      "segments: 3 are more than the data's 2 features that are not all zero: ask for 2 at most.",
      copies([1, 0, 1]),
      3,
    ],
    [
      "segments: 2 are more than the data's 1 rows that are not all zero: ask for 1 at most.",
      [
        [1, 1],
        [0, 0],
      ],
      2,
    ],
    [
      'The data has no value other than zero in its 12 rows and 2 features: there is nothing to divide.',
      copies([0, 0]),
      1,
    ],
    [
      'Feature 1 of row 1 is -2: features must be from 0 to 1000000000000',
      [
        [1, 1],
        [1, -2],
      ],
      1,
    ],
    ['Feature 0 of row 0 is NaN: features must be from 0 to 1000000000000', [[Number.NaN, 1]], 1],
  ])('refuses: %s', async (message, rows, segments) => {
    const refused = await train(rows, { segments }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ClientError);
    expect((refused as ClientError).extensions.code).toBe('BAD_USER_INPUT');
    expect((refused as ClientError).message).toBe(message);
  });
});

/** ‖X − WH‖ with W solved by coordinate descent, and found to be optimal. */
function errorByCoordinateDescent(
  rows: readonly (readonly number[])[],
  components: readonly (readonly number[])[],
): number {
  let squares = 0;
  for (const x of rows) {
    const w = components.map(() => 0);
    const rest = [...x];
    for (let sweep = 0; sweep < 2000; sweep++) {
      components.forEach((component, s) => {
        const slope = component.reduce((sum, value, i) => sum + value * (rest[i] as number), 0);
        const step = Math.max(-(w[s] as number), slope);
        w[s] = (w[s] as number) + step;
        component.forEach((value, i) => {
          rest[i] = (rest[i] as number) - step * value;
        });
      });
      if (sweep % 50 === 49 && kktResidual(components, x, w) < 1e-13) break;
    }
    squares += rest.reduce((sum, value) => sum + value * value, 0);
  }
  return Math.sqrt(squares);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  return product / (Math.hypot(...a) * Math.hypot(...b));
}
