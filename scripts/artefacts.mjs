import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generate, loadContext } from '@graphql-codegen/cli';

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Every committed file that is made from others, made anew from the compiled sources in dist/.
 *
 * @returns {Promise<Map<string, Buffer>>} contents by path within the repository; nothing is written.
 */
export async function makeArtefacts() {
  const sdl = await printSchema();
  return new Map([['schema.graphql', Buffer.from(sdl)], ...(await makeClient(sdl)), ...(await makeModel())]);
}

async function printSchema() {
  const { stdout } = await promisify(execFile)(process.execPath, [`${root}dist/resolvers/print-schema.js`]);
  return stdout;
}

/** From the schema just printed, not from the file: both may have drifted. */
async function makeClient(sdl) {
  const context = await loadContext(`${root}codegen.yml`);
  context.cwd = root;
  context.updateConfig({ schema: sdl, silent: true });
  const files = await generate(context, false);
  return files.map(({ filename, content }) => [filename, Buffer.from(content)]);
}

async function makeModel() {
  const { makeDefaultModel } = createRequire(import.meta.url)('../dist/models/shipped/make-default-model.js');
  const files = await makeDefaultModel();
  return Object.entries(files).map(([name, bytes]) => [`model/${name}`, Buffer.from(bytes)]);
}
