import { constants, rmSync } from 'node:fs';
import { access, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClientError } from '../errors';

/**
 * Tells before the work what it could not be written to afterwards.
 *
 * @throws ClientError BAD_USER_INPUT when the file is a folder, or its folder is missing or read-only.
 */
export async function checkOutput(file: string): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there?.isDirectory() === true)
    throw new ClientError('BAD_USER_INPUT', `${file} is a folder: name a file to write`);
  await access(dirname(file), constants.W_OK).catch(() => {
    throw new ClientError(
      'BAD_USER_INPUT',
      `${file} cannot be written: there is no writable folder ${dirname(file)}`,
    );
  });
}

/**
 * Makes a file by writing another beside it, which takes its name when it is whole: so nobody ever meets half of it,
 * and what was there before stays if it fails or is interrupted. What is no file (/dev/null, a pipe) is written to
 * itself: a file in its place would be a loss to everybody.
 *
 * @param write writes the file of the given path.
 */
export async function replaceFile<Result>(
  file: string,
  write: (part: string) => Promise<Result>,
): Promise<Result> {
  await checkOutput(file);
  const there = await stat(file).catch(() => null);
  if (there?.isFile() === false) return write(file);
  // What a link leads to is replaced, not the link.
  const target = there === null ? file : await realpath(file);
  const part = `${target}.part`;
  const remove = () => rmSync(part, { force: true });
  process.on('exit', remove);
  try {
    const result = await write(part);
    await rename(part, target);
    return result;
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** @param output a file, or - for standard output. */
export async function writeOutput(output: string, content: string | Uint8Array): Promise<void> {
  if (output === '-') process.stdout.write(content);
  else await replaceFile(output, (part) => writeFile(part, content));
}
