import { Presets, SingleBar } from 'cli-progress';
import type { ReportProgress } from '../progress';

/** Between two lines about the same, so that a log stays readable. */
const LINE_MS = 2_000;

/** Says on standard error how far something is: a bar on a terminal, lines elsewhere. */
export interface Progress {
  readonly report: ReportProgress;
  /** Takes the bar away. */
  stop(): void;
}

export function showProgress(): Progress {
  return process.stderr.isTTY ? bar() : lines();
}

function bar(): Progress {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % {message}',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      linewrap: false,
    },
    Presets.shades_classic,
  );
  bar.start(100, 0, { message: '' });
  return {
    report: (progress, message) => bar.update(Math.floor(progress * 100), { message }),
    stop: () => bar.stop(),
  };
}

function lines(): Progress {
  let last = Date.now(); // what takes no longer needs no progress
  return {
    report(progress, message) {
      if (Date.now() - last < LINE_MS) return;
      last = Date.now();
      process.stderr.write(`${Math.floor(progress * 100)} % ${message}\n`);
    },
    stop: () => {},
  };
}
