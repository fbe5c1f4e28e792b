import type { UsageCounter } from '../moves/usage-counter';

interface Log {
  readonly seq: number;
  oldestSeq: number;
}

/**
 * Takes the oldest events of the longest logs, until all that the organization keeps are within its limit.
 *
 * @returns the logs that lost some.
 */
export function trimLogs<L extends Log>(logs: readonly L[], usage: UsageCounter): Set<L> {
  const trimmed = new Set<L>();
  let surplus = usage.surplus('events');
  if (surplus === 0) return trimmed;
  for (const log of [...logs].sort((a, b) => kept(b) - kept(a))) {
    const taken = Math.min(surplus, kept(log));
    if (taken <= 0) break;
    log.oldestSeq += taken;
    usage.add('events', -taken);
    surplus -= taken;
    trimmed.add(log);
  }
  return trimmed;
}

function kept({ seq, oldestSeq }: Log): number {
  return seq - oldestSeq + 1;
}
