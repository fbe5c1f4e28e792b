import { rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/**
 * Makes a file by writing another beside it, which takes its name when it is whole: so nobody ever meets half of it,
 * and what was there before stays if it fails or is interrupted.
 *
 * @param write writes the file of the given path.
 */
export async function replaceFile<Result>(
  file: string,
  write: (part: string) => Promise<Result>,
): Promise<Result> {
  const part = `${file}.part`;
  const remove = () => rmSync(part, { force: true });
  process.on('exit', remove);
  try {
    const result = await write(part);
    await rename(part, file);
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
