import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ClientError } from '../errors';
import type { Workplace } from './workplace';

/**
 * The path of a command's input. Standard input (-) is kept in the workplace first, as it is read more than once.
 *
 * @throws ClientError BAD_USER_INPUT when there is no such file.
 */
export async function inputFile(file: string, { folder, signal }: Workplace): Promise<string> {
  if (file !== '-') {
    await access(file).catch(() => {
      throw new ClientError('BAD_USER_INPUT', `There is no file ${file} to read`);
    });
    return file;
  }
  const kept = join(folder, 'input');
  await pipeline(process.stdin, createWriteStream(kept), { signal });
  return kept;
}
