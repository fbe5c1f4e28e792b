import type { FairQueue } from '../graphql/documents/fair-queue';
import type { JobStore } from '../jobs/job-store';
import type { Feeds } from '../realtime/feeds/feeds';
import type { Viewer } from '../viewer';
import type { Loaders } from './loaders';

/** What every resolver gets of its request. */
export interface Context {
  readonly viewer: Viewer;
  /** Under which the log knows the request. */
  readonly requestId: string;
  /** Where the request comes from. */
  readonly address: string;
  readonly loaders: Loaders;
  /** What subscriptions read. */
  readonly feeds: Feeds;
  /** What takes long is answered by turns between clients. */
  readonly turns: FairQueue;
  readonly jobs: JobStore;
}
