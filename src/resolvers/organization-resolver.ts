import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ApiKeys } from '../auth/api-keys';
import { ClientError } from '../errors';
import type { Branches } from '../organizations/branches';
import type { OrganizationChanges } from '../organizations/check-settings';
import type { OrganizationRecord, QuotaLimits } from '../organizations/organization';
import type { Followers, Organizations } from '../organizations/organizations';
import type { Quotas as QuotaKeeper } from '../organizations/quotas';
import {
  Branch,
  CreateBranchInput,
  CreatedOrganization,
  CreateOrganizationInput,
  Organization,
  Quotas,
  QuotasInput,
  UpdateOrganizationInput,
} from '../schema/organization';
import type { Context } from './context';

/** Settings that always have a value. */
const NEVER_NULL = ['name', 'defaultModel', 'corsOrigins'] as const;

@Resolver(() => Organization)
export class OrganizationResolver {
  constructor(
    private readonly organizations: Organizations,
    private readonly places: Branches,
    private readonly keeper: QuotaKeeper,
    private readonly apiKeys: Pick<ApiKeys, 'create' | 'forget'>,
    private readonly followers: Followers,
    private readonly openness: { readonly open: boolean },
  ) {}

  @Query(() => Organization, { description: "The viewer's own." })
  async organization(@Ctx() { viewer }: Context): Promise<Organization> {
    return new Organization(await this.organizations.get(viewer.organizationId));
  }

  @Mutation(() => CreatedOrganization, {
    description: 'Another client of the gateway, with its first key. For the operator.',
  })
  async createOrganization(
    @Arg('input', () => CreateOrganizationInput) { id, name }: CreateOrganizationInput,
  ): Promise<CreatedOrganization> {
    if (this.openness.open) {
      throw new ClientError(
        'FORBIDDEN',
        'This gateway is open as long as nobody has a key, and the first one closes it: make one of role ADMIN for yourself before (createApiKey), and come with it.',
      );
    }
    const created = await this.organizations.create(id, name);
    try {
      // Not whose key it was: that one is another organization's.
      const request = { role: 'ADMIN', label: 'First key', createdBy: 'the operator' } as const;
      const { secret } = await this.apiKeys.create(id, request);
      return { id, name: created.name, secret };
    } catch (error) {
      await this.organizations.discard(id);
      throw error;
    }
  }

  @Mutation(() => Organization, {
    description: "Changes the viewer's organization. On other gateways it holds within 5 seconds.",
  })
  async updateOrganization(
    @Arg('input', () => UpdateOrganizationInput) input: UpdateOrganizationInput,
    @Ctx() { viewer }: Context,
  ): Promise<Organization> {
    const changes = toChanges(input);
    const updated = await this.organizations.update(viewer.organizationId, changes, this.followers);
    this.apiKeys.forget(); // with each of them it is remembered how often it may ask
    return new Organization(updated);
  }

  @Mutation(() => Branch)
  createBranch(
    @Arg('input', () => CreateBranchInput) { name }: CreateBranchInput,
    @Ctx() { viewer }: Context,
  ): Promise<Branch> {
    return this.places.create(viewer.organizationId, name);
  }

  @Mutation(() => Branch)
  renameBranch(
    @Arg('id', () => ID) id: string,
    @Arg('name', () => String) name: string,
    @Ctx() { viewer }: Context,
  ): Promise<Branch> {
    return this.places.rename(viewer.organizationId, id, name);
  }

  @Mutation(() => Boolean, {
    description: 'Deletes a branch; one that a data set belongs to is kept. False: there is none.',
  })
  deleteBranch(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<boolean> {
    return this.places.remove(viewer.organizationId, id);
  }

  @FieldResolver(() => [Branch], { description: 'By name.' })
  branches(@Root() { id }: Organization): Promise<Branch[]> {
    return this.places.list(id);
  }

  @Mutation(() => Quotas, { description: 'Sets how much an organization may have. For the operator.' })
  async updateQuotas(
    @Arg('organizationId', () => ID) organizationId: string,
    @Arg('input', () => QuotasInput) input: QuotasInput,
  ): Promise<Quotas> {
    return this.#quotas(await this.organizations.setLimits(organizationId, input));
  }

  @FieldResolver(() => Quotas)
  quotas(@Root() { record }: Organization): Promise<Quotas> {
    return this.#quotas(record);
  }

  async #quotas({ id, limits }: OrganizationRecord): Promise<Quotas> {
    const used = await this.keeper.usage(id);
    const quota = (what: keyof QuotaLimits) => ({ used: used[what], limit: limits[what] });
    return {
      members: quota('members'),
      cities: quota('cities'),
      rooms: quota('rooms'),
      events: quota('events'),
      datasets: quota('datasets'),
      datasetBytes: quota('datasetBytes'),
      jobs: quota('jobs'),
    };
  }
}

/** @throws ClientError BAD_USER_INPUT when null stands where there must be a value. */
function toChanges(input: UpdateOrganizationInput): OrganizationChanges {
  for (const key of NEVER_NULL) {
    if (input[key] === null)
      throw new ClientError('BAD_USER_INPUT', `${key} is null: give a value, or leave it out.`);
  }
  return input as OrganizationChanges;
}
