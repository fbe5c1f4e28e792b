import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root';

/** The folder of public data and reference figures that tests compare with; not part of the project. */
export const sharedData = process.env['TERTULIA_TEST_DATA'] ?? join(packageRoot, '..', 'shared', 'data');

const isThere = existsSync(sharedData);
if (!isThere) process.stderr.write(`Skipped: tests that compare with ${sharedData}, which is not there\n`);

/** `describe` where the folder is; else skipped, and the run says so. */
export const describeWithSharedData: jest.Describe = isThere ? describe : describe.skip;
