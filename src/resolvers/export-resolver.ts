import { GraphQLJSON } from 'graphql-scalars';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { UserExport, UserExports } from '../membership/export-user';
import type { Context } from './context';

@Resolver()
export class ExportResolver {
  constructor(private readonly exports: UserExports) {}

  @Query(() => GraphQLJSON, {
    nullable: true,
    description:
      'Everything that is known of a person: where it is, why, and what the logs say of it. Null: nothing.',
  })
  exportUser(
    @Arg('userId', () => ID) userId: string,
    @Ctx() { viewer }: Context,
  ): Promise<UserExport | null> {
    return this.exports.export(viewer.organizationId, userId);
  }
}
