import { ClientError } from '../../errors';
import type { Database } from '../../storage/database';
import { cityKey, parseCityName } from './city-name';
import { MOST_NAMES, procedure as renameCity } from './rename-city';

export interface CityNamesOptions {
  readonly database: Database;
  /** Told of the key of a name that a city was given. */
  readonly onName: (organizationId: string, nameKey: string) => void;
}

/** Gives cities other names. A city is found by every name that it ever had, and so is no other. */
export class CityNames {
  constructor(private readonly options: CityNamesOptions) {}

  /**
   * @param name any that the city has or had, also one that nobody may write any more.
   * @returns the key of the new name.
   * @throws ClientError BAD_USER_INPUT, NOT_FOUND.
   */
  async rename(organizationId: string, name: string, to: string): Promise<string> {
    const { database, onName } = this.options;
    const wanted = parseCityName('to', to);
    const refused = await database
      .scope(organizationId)
      .call(renameCity, { organizationId, key: cityKey(name), to: wanted });
    if (refused === 'unknown') throw new ClientError('NOT_FOUND', `name: there is no city "${name}".`);
    if (refused === 'taken') {
      throw new ClientError(
        'BAD_USER_INPUT',
        `to: another city has or had the name "${wanted.name}", and is found by it: choose another.`,
      );
    }
    if (refused === 'too many') {
      throw new ClientError(
        'BAD_USER_INPUT',
        `to: the city has had ${MOST_NAMES} names, the most there may be: choose one of them.`,
      );
    }
    onName(organizationId, wanted.key);
    return wanted.key;
  }
}
