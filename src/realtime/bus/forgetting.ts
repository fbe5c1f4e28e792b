import type { Feeds } from '../feeds/feeds';
import type { SharedSubscriptions } from '../subscriptions/shared-subscriptions';
import type { Announcements } from './announcements';
import type { Bus } from './bus';
import { FORGOTTEN_TOPIC } from './topics';

/** Those who watch must learn first that the person left; then nothing in memory names it any more. */
const DELAY_MS = 5_000;

type Forgotten = { readonly organizationId: string; readonly userId: string };

export interface ForgettingOptions {
  readonly bus: Bus;
  readonly feeds: Pick<Feeds, 'forget'>;
  readonly subscriptions: Pick<SharedSubscriptions, 'forget'>;
  readonly onError: (error: unknown) => void;
}

/** Tells every gateway that a person was forgotten. */
export function announceForgotten(
  announcements: Announcements,
  organizationId: string,
  userId: string,
): void {
  announcements.publish(FORGOTTEN_TOPIC, { organizationId, userId });
}

/**
 * Forgets in memory whom the log has forgotten, a few seconds later. What is asked for again is read from the log,
 * and has no name already: this only ends what lies about.
 *
 * @returns stops that.
 */
export async function followForgetting(options: ForgettingOptions): Promise<() => Promise<void>> {
  const { bus, feeds, subscriptions, onError } = options;
  const waiting = new Set<NodeJS.Timeout>();
  const unsubscribe = await bus.subscribe(FORGOTTEN_TOPIC, (message) => {
    const { organizationId, userId } = message as Forgotten;
    const timer = setTimeout(() => {
      waiting.delete(timer);
      feeds
        .forget(organizationId, userId)
        .then(() => subscriptions.forget(userId))
        .catch(onError);
    }, DELAY_MS);
    waiting.add(timer);
  });
  return async () => {
    for (const timer of waiting) clearTimeout(timer);
    await unsubscribe();
  };
}
