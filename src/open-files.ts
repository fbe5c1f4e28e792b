import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How many files, sockets included, this process may have open; Infinity: as many as it likes. */
export function openFileLimit(): number {
  if (process.platform === 'win32') return Infinity;
  const text = fromProc() ?? execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return text === 'unlimited' ? Infinity : Number(text);
}

function fromProc(): string | undefined {
  try {
    return /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    return undefined; // no Linux
  }
}
