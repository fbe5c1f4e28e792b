import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Scorer } from '../../src/inference/scorer';
import { defaultModelFile } from '../../src/models/shipped/default-model';
import { scorePlainly } from '../onnx/plain-onnx';

const model = readFileSync(defaultModelFile);
const bits = fc.array(fc.constantFrom(0, 1), { minLength: 26, maxLength: 26 });

/** What every adapter of `Scorer` must do. @param open a scorer of the shipped model, with all it needs. */
export function scorerContract(adapter: string, open: () => Promise<Scorer>): void {
  describe(`${adapter} as a scorer`, () => {
    let scorer: Scorer;
    beforeAll(async () => {
      scorer = await open();
    });
    afterAll(async () => {
      await scorer.close();
    });

    it('tells the size of its rows and answers', () => {
      expect(scorer.featureCount).toBe(26);
      expect(scorer.segmentCount).toBe(4);
    });

    it('answers as stock ONNX Runtime does', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(bits, { minLength: 1, maxLength: 40 }), async (rows) => {
          const expected = await scorePlainly(model, rows);
          const { affinities, segments } = await scorer.score(Float32Array.from(rows.flat()));
          expect(affinities).toHaveLength(rows.length * 4);
          expect(Array.from(segments)).toEqual(expected.segments);
          expected.affinities.flat().forEach((affinity, i) => {
            expect(affinities[i]).toBeCloseTo(affinity, 5);
          });
        }),
        { numRuns: 30 },
      );
    });

    it('answers no rows with nothing', async () => {
      const { affinities, segments } = await scorer.score(new Float32Array(0));
      expect(affinities).toHaveLength(0);
      expect(segments).toHaveLength(0);
    });

    it('keeps the order of more rows than fit one run', async () => {
      const count = 10_000;
      const rows = new Float32Array(count * 26);
      for (let i = 0; i < count; i++) rows.fill(1, i * 26, i * 26 + (i % 27));
      const { affinities, segments } = await scorer.score(rows);
      expect(segments).toHaveLength(count);
      for (let i = 27; i < count; i++) expect(segments[i]).toBe(segments[i % 27]);
      expect(affinities.subarray((count - 27) * 4)).toHaveLength(27 * 4);
      expect(affinities[9_990 * 4]).toBeCloseTo(affinities[(9_990 % 27) * 4] as number, 6);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1])(
      'refuses %d',
      async (value) => {
        const rows = new Float32Array(52);
        rows[28] = value;
        await expect(scorer.score(rows)).rejects.toMatchObject({
          message: `Feature 2 of row 1 is ${value}: features must be from 0 to 1000000000000`,
          extensions: { code: 'BAD_USER_INPUT' },
        });
      },
    );

    it('refuses a row that is not whole', async () => {
      await expect(scorer.score(new Float32Array(27))).rejects.toMatchObject({
        extensions: { code: 'BAD_USER_INPUT' },
      });
    });
  });
}
