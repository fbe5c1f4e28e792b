import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { isAgePlace } from '../age-order';
import type { AuditEntry as AuditEntryRecord, AuditLog } from '../organizations/audit-log';
import { PageArgs } from '../schema/arguments';
import { AuditEntry, AuditEntryConnection } from '../schema/audit';
import type { Context } from './context';
import { type PagedList, pageRequest, toConnection, toPage } from './paging';

const ENTRIES: PagedList<AuditEntryRecord, AuditEntry> = {
  name: 'audit log',
  placeOf: ({ place }) => place,
  isPlace: isAgePlace,
  toNode: (entry) => entry,
};

@Resolver()
export class AuditResolver {
  constructor(private readonly log: AuditLog) {}

  @Query(() => AuditEntryConnection, { description: 'Who did what, from where: the newest first.' })
  async auditLog(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { viewer }: Context,
  ): Promise<AuditEntryConnection> {
    const { first, after } = pageRequest(ENTRIES, args);
    return toConnection(ENTRIES, toPage(await this.log.list(viewer.organizationId, after, first + 1), first));
  }
}
