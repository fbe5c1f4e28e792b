import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Environment } from '../../src/config';
import { packageRoot } from '../../src/package-root';

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the lines of progress, which a slow machine shows and a fast one does not. */
  readonly stderr: string;
}

/** A folder for a test file's commands to work in; its `tmp` is where they keep what they need on the way. */
export function openFolder(): { readonly folder: string; readonly tmp: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tertulia-cli-'));
  const tmp = mkdtempSync(join(folder, 'tmp-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, tmp };
}

/** Starts the compiled command line in that folder. */
export function start(
  { folder, tmp, environment = {} }: { folder: string; tmp: string; environment?: Environment },
  ...args: readonly string[]
) {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/main.js'), ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: tmp, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return { child, ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as NonNullable<ChildProcess['stdout']>),
    text(child.stderr as NonNullable<ChildProcess['stderr']>),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr: stderr.replace(/^\d+ % .*\n/gm, '') };
}
