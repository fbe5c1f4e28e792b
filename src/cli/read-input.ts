import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ClientError } from '../errors';
import type { Workplace } from './workplace';

/**
 * The path of a command's input. Standard input (-) and pipes are kept in the workplace first, as they are read more than
 * once.
 *
 * @throws ClientError BAD_USER_INPUT when there is no such file, or it is a folder.
 */
export async function inputFile(file: string, { folder, signal }: Workplace): Promise<string> {
  if (file !== '-') {
    const there = await stat(file).catch(() => null);
    if (there === null) throw new ClientError('BAD_USER_INPUT', `There is no file ${file} to read`);
    if (there.isFile()) return file;
    if (there.isDirectory()) throw new ClientError('BAD_USER_INPUT', `${file} is a folder: name a CSV file`);
  }
  const kept = join(folder, 'input');
  const source = file === '-' ? process.stdin : createReadStream(file);
  await pipeline(source, createWriteStream(kept), { signal });
  return kept;
}
