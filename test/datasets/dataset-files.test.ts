import { pbkdf2 } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DatasetFiles } from '../../src/datasets/dataset-files';
import { DiskSpace } from '../../src/storage/disk-space';

it('leaves nothing of uploads that fail at once, however long a file takes to be opened', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tertulia-files-'));
  const files = await DatasetFiles.open(directory, 'process', new DiskSpace(directory, 0));
  // Work of other kinds, behind which opening a file and removing it wait together, and then run at once.
  let busy = true;
  const work = (): void => {
    if (busy) pbkdf2('', '', 1_000, 32, 'sha256', work);
  };
  for (let i = 0; i < 8; i++) work();
  for (let i = 0; i < 300; i++) {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('a,b\n');
        throw new Error('broken off');
      })(),
    );
    await expect(files.receive(`${i}`, broken, 1_000)).rejects.toThrow('broken off');
  }
  busy = false;
  expect(await readdir(join(directory, 'uploads'))).toEqual([]);
  await rm(directory, { recursive: true });
});
