import { Args, Field, ID, Int, ObjectType } from 'type-graphql';
import type { RoomRecord } from '../membership/room';
import { LocaleArgs } from './arguments';
import { Locale } from './enums';
import { Segment } from './segment';

const LOBBY_NAMES: Record<Locale, string> = { [Locale.EN]: 'Lobby', [Locale.ES]: 'Vestíbulo' };

@ObjectType({ simpleResolvers: true, description: 'The chat room of a city and a segment.' })
export class Room {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, { description: "The city's name." })
  readonly city: string;

  @Field(() => Segment, { nullable: true, description: 'Null: the lobby.' })
  readonly segment: Segment | null;

  @Field(() => Int)
  readonly memberCount: number;

  readonly #ordinal: number;

  constructor(record: RoomRecord, segment: Segment | null) {
    this.id = record.id;
    this.city = record.city;
    this.memberCount = record.memberCount;
    this.segment = segment;
    this.#ordinal = record.ordinal;
  }

  @Field(() => String, {
    description: 'City and segment, and a number from the second room of a segment on.',
  })
  name(@Args() { locale }: LocaleArgs): string {
    const topic = this.segment?.label({ locale: locale ?? Locale.EN }) ?? LOBBY_NAMES[locale ?? Locale.EN];
    return `${this.city} · ${topic}${this.#ordinal > 1 ? ` ${this.#ordinal}` : ''}`;
  }
}
