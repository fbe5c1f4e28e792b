import type { MembershipEvent } from '../../membership/log/event';
import type { Bus, JsonValue } from './bus';
import { cityTopic } from './topics';

/**
 * Tells every gateway what was committed. Call it after the commit, never before.
 *
 * An announcement is a hint, not the record: between processes it may come late, out of order, twice
 * or never, and the feeds then read the log. So a failing bus never fails the change it announces.
 */
export class Announcements {
  readonly #bus: Bus;
  readonly #onError: (error: unknown) => void;

  constructor(bus: Bus, onError: (error: unknown) => void) {
    this.#bus = bus;
    this.#onError = onError;
  }

  /** Announces committed events: one message a city, its events in the order of `seq`. */
  announce(events: readonly MembershipEvent[]): void {
    const byTopic = new Map<string, MembershipEvent[]>();
    for (const event of events) {
      const topic = cityTopic(event.organizationId, event.cityKey);
      const ofCity = byTopic.get(topic);
      if (ofCity) ofCity.push(event);
      else byTopic.set(topic, [event]);
    }
    for (const [topic, ofCity] of byTopic) {
      ofCity.sort((a, b) => a.seq - b.seq);
      this.publish(topic, ofCity.map(asJson));
    }
  }

  /** Announces that a name is a city's now: who watches it under that name has to look where its log stands. */
  announceName(organizationId: string, nameKey: string): void {
    this.publish(cityTopic(organizationId, nameKey), []);
  }

  /** Announces on a live-only topic, such as `assignmentTopic`: who isn't listening now never hears it. */
  publish(topic: string, message: JsonValue): void {
    this.#bus.publish(topic, message).catch(this.#onError);
  }
}

function asJson(event: MembershipEvent): JsonValue {
  return { ...event, room: { ...event.room }, previousRoom: event.previousRoom && { ...event.previousRoom } };
}
