import { setTimeout as sleep } from 'node:timers/promises';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

/** What keeps a process alive when it is left behind: sockets, servers, children, threads, pending work. */
const HELD = /^(TCP|Pipe|Process|MessagePort|Worker|Timeout)/;
const PATIENCE_MS = 2_000;

/**
 * Node's environment, but for two things.
 *
 * It has the host's typed arrays: native addons (ONNX Runtime) compare constructors, and the sandbox's own
 * Float32Array is a different one. And a test file that leaves something open fails.
 */
export default class GatewayTestEnvironment extends TestEnvironment {
  #before = new Map<string, number>();
  #failed = false;

  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, {
      ArrayBuffer,
      BigInt64Array,
      Float32Array,
      Float64Array,
      Int32Array,
      Uint8Array,
    });
    this.#before = held();
  }

  /** A failed test may well leave something open: then its own message is the one to read. */
  handleTestEvent(event: Circus.Event): void {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#failed = true;
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    const deadline = Date.now() + PATIENCE_MS;
    // What was closed may take some turns of the event loop to be gone.
    while (this.#leaks().length > 0 && Date.now() < deadline) await sleep(10);
    const leaks = this.#leaks();
    if (leaks.length === 0) return;
    letGo();
    if (this.#failed) return;
    throw new Error(`The tests left open: ${leaks.join(', ')}`);
  }

  #leaks(): string[] {
    return [...held()]
      .map(([kind, count]) => ({ kind, extra: count - (this.#before.get(kind) ?? 0) }))
      .filter(({ extra }) => extra > 0)
      .map(({ kind, extra }) => `${extra} ${kind}`);
  }
}

function held(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (HELD.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** What leaked must fail the run, not keep it from ending. */
function letGo(): void {
  const handles = (process as unknown as { _getActiveHandles(): { unref?(): void }[] })._getActiveHandles();
  for (const handle of handles) handle.unref?.();
}
