import type { Viewer } from '../../viewer';

/** What every resolver's context has: who asks, from where, and under which id the log knows the request. */
export interface RequestContext {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly address: string;
}
