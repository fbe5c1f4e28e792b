import type { Cut } from './disk';

const always = () => true;
const never = () => false;

/** Whether half of the time, by chance that can be repeated (mulberry32). */
export function coin(seed: number): () => boolean {
  const next = random(seed);
  return () => next() < 0.5;
}

/** From 0 to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a disk may do with what was never synced, by turns. */
export const CUTS: readonly ((keeps: () => boolean) => Cut)[] = [
  // All is lost.
  () => ({ keepsEntry: never, keepsLength: never, keepsSectors: () => never }),
  // Entries and lengths are kept, as a journal does, the data is lost.
  () => ({ keepsEntry: always, keepsLength: always, keepsSectors: () => never }),
  // Data is kept, entries are lost.
  () => ({ keepsEntry: never, keepsLength: always, keepsSectors: () => always }),
  // Any of the changes are kept, whatever came first: whole ones, or torn between sectors.
  (keeps) => ({ keepsEntry: keeps, keepsLength: keeps, keepsSectors: () => (keeps() ? always : never) }),
  (keeps) => ({ keepsEntry: keeps, keepsLength: always, keepsSectors: () => keeps }),
  (keeps) => ({ keepsEntry: always, keepsLength: keeps, keepsSectors: () => (keeps() ? keeps : always) }),
];
