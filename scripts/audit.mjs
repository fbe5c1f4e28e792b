import { spawnSync } from 'node:child_process';

/**
 * Part of `npm run check`: fails when a package that the gateway runs with has a known hole, of severity high or
 * worse. Where the registry cannot be asked (no internet, a mirror without advisories) it says so, and fails nothing.
 */
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
  encoding: 'utf8',
  timeout: 60_000,
  shell: process.platform === 'win32', // npm is a script there
});
const counts = countsOf(stdout ?? '');
if (counts === null) {
  process.stdout.write('npm audit: NOT CHECKED, the registry does not tell about known holes here\n');
} else {
  const serious = counts.high + counts.critical;
  process.stdout.write(`npm audit: ${serious} of severity high or worse, ${counts.total} in all\n`);
  if (serious > 0) {
    process.stdout.write('Run "npm audit --omit=dev" to see them.\n');
    process.exitCode = 1;
  }
}

/** @returns null when the answer is no audit. */
function countsOf(text) {
  try {
    return JSON.parse(text).metadata?.vulnerabilities ?? null;
  } catch {
    return null;
  }
}
