import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told from every other one that had or will have its number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When it started, as the kernel counts it; '' where the system does not tell. */
  readonly started: string;
}

export const ownIdentity: ProcessIdentity = {
  pid: process.pid,
  host: hostname(),
  started: startOf(process.pid) ?? '',
};

/** False only when the process is dead for certain. Another machine's cannot be seen from here, so they count as alive. */
export function isAlive({ pid, host, started }: ProcessIdentity): boolean {
  if (host !== ownIdentity.host) return true;
  const found = startOf(pid);
  return found !== null && (started === '' || started === found);
}

/** When a living process started: null when there is none of that number, '' where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  try {
    const fields = statOf(`/proc/${pid}/stat`);
    if (isEnded(fields) && hasNoThread(pid)) return null;
    return fields[START] ?? '';
  } catch {
    return '';
  }
}

/** Places in `/proc/PID/stat`, counted from the state. */
const [STATE, START] = [0, 19];

/** The fields after the command's name, which may itself hold blanks and parentheses. */
function statOf(file: string): string[] {
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A zombie, which has ended and waits for its parent to ask how, or one that is being removed. */
function isEnded(fields: readonly string[]): boolean {
  return /^[ZXx]$/.test(fields[STATE] ?? '');
}

/** A process counts as a zombie as soon as its first thread has ended, while others may still be writing. */
function hasNoThread(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    try {
      return isEnded(statOf(`/proc/${pid}/task/${thread}/stat`));
    } catch {
      return true; // gone meanwhile
    }
  });
}
