import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type HttpLoadResult, type LoadKind, loadHttp } from './http-load';

/** Runs a load in a process of its own, so that it does not share its event loop with anything measured. */
export async function load(kind: LoadKind, port: number, seconds: number): Promise<HttpLoadResult> {
  const child = fork(__filename, [kind, String(port), String(seconds)]);
  const [result] = (await once(child, 'message')) as [HttpLoadResult];
  await once(child, 'exit');
  return result;
}

if (require.main === module) {
  const [kind, port, seconds] = process.argv.slice(2);
  void loadHttp(kind as LoadKind, Number(port), Number(seconds)).then((result) => {
    process.send?.(result);
    process.disconnect();
  });
}
