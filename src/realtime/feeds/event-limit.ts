import type { Subscriber } from '../subscriptions/subscriber';
import type { EventLimit } from './event-source';
import type { Feed } from './feed';

/** Events looked at together. */
const PAGE = 500;

/**
 * Ends a subscription with the event that takes its right away.
 *
 * @throws ClientError when the right was gone already.
 */
export async function enforceLimit<E>(
  { isLast, confirm, reason }: EventLimit<E>,
  feed: Feed<E>,
  subscriber: Subscriber,
): Promise<void> {
  let seen = feed.seq;
  const look = (): void => {
    while (seen < feed.seq) {
      const events = feed.recent(seen, PAGE);
      const last = events?.find(({ event }) => isLast(event));
      // What is not in memory any more was not looked at.
      if (events === undefined || last !== undefined) {
        subscriber.endAfter(last?.seq ?? seen, reason);
        return;
      }
      seen = events.at(-1)?.seq ?? feed.seq;
    }
  };
  subscriber.onStop(feed.onAdvance(look));
  await confirm();
}
