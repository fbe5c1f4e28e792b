import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { ApiKeys } from '../auth/api-keys';
import { ApiKey, CreateApiKeyInput, CreatedApiKey } from '../schema/api-key';
import { Organization } from '../schema/organization';
import type { Context } from './context';

@Resolver(() => Organization)
export class ApiKeyResolver {
  constructor(private readonly keys: ApiKeys) {}

  @FieldResolver(() => [ApiKey], {
    description: 'The newest thousand, the newest first, revoked ones too. prefix: only those that begin so.',
  })
  apiKeys(
    @Root() { id }: Organization,
    @Arg('prefix', () => String, { nullable: true }) prefix: string | null,
  ): Promise<ApiKey[]> {
    return this.keys.list(id, prefix ?? null);
  }

  @Mutation(() => CreatedApiKey, {
    description: "A key for the viewer's organization. The first one of role ADMIN closes an open gateway.",
  })
  createApiKey(
    @Arg('input', () => CreateApiKeyInput) { role, label }: CreateApiKeyInput,
    @Ctx() { viewer }: Context,
  ): Promise<CreatedApiKey> {
    return this.keys.create(viewer.organizationId, { role, label, createdBy: viewer.actor });
  }

  @Mutation(() => ApiKey, {
    description:
      'Ends a key, given its id or prefix: at once, within 10 seconds on other gateways. One that has ended stays as it is.',
  })
  revokeApiKey(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<ApiKey> {
    return this.keys.revoke(viewer.organizationId, id);
  }
}
