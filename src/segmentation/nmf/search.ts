import type { ReportProgress } from '../../progress';
import { seededRandom } from '../rows/seeded-random';
import type { PackedRows } from './packed-rows';
import { type Refined, refine } from './refine';
import { randomStart, singularStart } from './starts';
import type { Sweeper } from './sweep';

/** Enough to tell a start that leads nowhere. */
const COARSE = { tolerance: 1e-3, mostSweeps: 20 };
/** Enough to tell the best one. */
const FINE = { tolerance: 1e-6, mostSweeps: 200 };
/** The starts that are worth the fine search. */
const FINALISTS = 3;
/** What the coarse search is of the whole, roughly. */
const COARSE_SHARE = 0.6;

/**
 * The best components found from many starts: each is refined coarsely, the best few finely.
 *
 * @param starts random ones. Where there are several, one from the singular vectors comes on top: chance alone then
 *   does not decide.
 */
export async function searchFromStarts(
  rows: PackedRows,
  sweeper: Sweeper,
  { starts, seed }: { readonly starts: number; readonly seed: number },
  report: ReportProgress,
): Promise<Refined> {
  const random = seededRandom(seed);
  const nextSeed = () => Math.floor(random() * 2 ** 32);
  const count = starts > 1 ? starts + 1 : starts;

  const refined: Refined[] = [];
  for (let start = 1; start <= count; start++) {
    report((COARSE_SHARE * (start - 1)) / count, `start ${start} of ${count}`);
    const components =
      start > starts
        ? await singularStart(rows, sweeper.k, nextSeed())
        : randomStart(sweeper.k, rows.featureCount, nextSeed());
    refined.push(await refine(sweeper, components, COARSE));
  }

  const finalists = refined.sort(byError).slice(0, FINALISTS);
  const finished: Refined[] = [];
  for (const [i, { components, sweeps }] of finalists.entries()) {
    const progress = COARSE_SHARE + ((1 - COARSE_SHARE) * i) / finalists.length;
    const onSweep = (sweep: number, error: number) =>
      report(progress, `finalist ${i + 1} of ${finalists.length}, sweep ${sweep}, error ${error.toFixed(3)}`);
    const fine = await refine(sweeper, components, { ...FINE, onSweep });
    finished.push({ ...fine, sweeps: sweeps + fine.sweeps });
  }
  return finished.sort(byError)[0] as Refined;
}

/** Sorting is stable: of equals the earlier one wins. */
function byError(a: Refined, b: Refined): number {
  return a.squaredError - b.squaredError;
}
