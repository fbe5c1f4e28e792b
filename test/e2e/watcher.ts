import {
  WatchCityDocument,
  type WatchCitySubscription,
  type WatchCitySubscriptionVariables,
} from '../client/generated';
import { Subscription } from './subscription';

export type CityEvent = WatchCitySubscription['roomMembershipChanged'];

/** Someone who watches a city. */
export class Watcher extends Subscription<WatchCitySubscription, WatchCitySubscriptionVariables> {
  /** @param after the last number seen: 0 for all; undefined: those from now on. */
  constructor(
    url: string,
    city: string,
    private readonly after?: number,
  ) {
    super(url, WatchCityDocument, { city, after: after ?? null });
  }

  get events(): CityEvent[] {
    return this.results.map(({ roomMembershipChanged }) => roomMembershipChanged);
  }

  /** The number of the last event seen. */
  get seq(): number {
    return this.results.at(-1)?.roomMembershipChanged.seq ?? this.after ?? 0;
  }

  /** Resolves once everything up to this number has arrived. */
  async reaches(seq: number): Promise<void> {
    await this.until(() => this.seq >= seq);
  }
}

/** A city's whole log up to a number, as someone gets it who watches from the beginning. */
export async function logOf(url: string, city: string, seq: number): Promise<readonly CityEvent[]> {
  const watcher = new Watcher(url, city, 0);
  await watcher.reaches(seq);
  await watcher.stop();
  return watcher.events;
}
