import { randomUUID } from 'node:crypto';
import { checkText } from '../check-text';
import { ClientError } from '../errors';
import type { Database } from '../storage/database';
import { asUuid } from '../uuid';
import type { BranchRecord } from './branch';
import { procedure as removeBranch } from './remove-branch';
import { procedure as writeBranch } from './write-branch';

const LONGEST_NAME = 100;
const COLUMNS = `id::text, name,
  to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;

/** The organizations' branches. */
export class Branches {
  constructor(private readonly database: Database) {}

  /** All of them, by name. */
  list(organizationId: string): Promise<BranchRecord[]> {
    return this.database
      .scope(organizationId)
      .query<BranchRecord>(`select ${COLUMNS} from branches where organization_id = $1 order by name`, [
        organizationId,
      ]);
  }

  /** @throws ClientError BAD_USER_INPUT when another one has the name. */
  create(organizationId: string, name: string): Promise<BranchRecord> {
    return this.#write(organizationId, randomUUID(), name, true);
  }

  /** @throws ClientError NOT_FOUND, BAD_USER_INPUT when another one has the name. */
  async rename(organizationId: string, id: string, name: string): Promise<BranchRecord> {
    const uuid = asUuid(id);
    if (uuid === null) throw notFound(id);
    return this.#write(organizationId, uuid, name, false);
  }

  /**
   * @returns false when there is none.
   * @throws ClientError BAD_USER_INPUT when a data set belongs to it.
   */
  async remove(organizationId: string, id: string): Promise<boolean> {
    const uuid = asUuid(id);
    if (uuid === null) return false;
    const answer = await this.database.scope(organizationId).call(removeBranch, { organizationId, id: uuid });
    if ('neededBy' in answer)
      throw new ClientError('BAD_USER_INPUT', `The branch ${id} is needed by ${answer.neededBy}.`);
    return answer.removed;
  }

  async #write(organizationId: string, id: string, text: string, isNew: boolean): Promise<BranchRecord> {
    checkText('name', text, LONGEST_NAME);
    const name = text.trim();
    const scoped = this.database.scope(organizationId);
    const written = await scoped.call(writeBranch, { organizationId, id, name, isNew });
    if (written === 'absent') throw notFound(id);
    if (written === 'taken')
      throw new ClientError('BAD_USER_INPUT', `name: there is a branch "${name}" already.`);
    if (written === 'full')
      throw new ClientError('BAD_USER_INPUT', 'There are 1,000 branches, the most there may be.');
    const [branch] = await scoped.query<BranchRecord>(
      `select ${COLUMNS} from branches where organization_id = $1 and id = $2`,
      [organizationId, id],
    );
    if (branch === undefined) throw notFound(id);
    return branch;
  }
}

function notFound(id: string): ClientError {
  return new ClientError('NOT_FOUND', `There is no branch "${id}".`);
}
