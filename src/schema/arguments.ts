import { ArgsType, Field, Int } from 'type-graphql';
import { ClientError } from '../errors';
import { Locale } from './enums';

const LONGEST_LIST = 100;

@ArgsType()
export class LocaleArgs {
  @Field(() => Locale, { nullable: true, defaultValue: Locale.EN })
  locale?: Locale | null;
}

@ArgsType()
export class FirstInterestsArgs {
  @Field(() => Int, { nullable: true, defaultValue: 6 })
  first?: number | null;
}

@ArgsType()
export class FirstReasonsArgs {
  @Field(() => Int, { nullable: true, defaultValue: 3 })
  first?: number | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 50 })
  first?: number | null;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

/**
 * A list's wanted length.
 *
 * @throws ClientError BAD_USER_INPUT when it is out of bounds, or null where a number belongs.
 */
export function checkFirst(first: number | null | undefined): number {
  if (typeof first === 'number' && first >= 1 && first <= LONGEST_LIST) return first;
  throw new ClientError('BAD_USER_INPUT', `first is ${first}: it must be from 1 to ${LONGEST_LIST}.`);
}
