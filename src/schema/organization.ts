import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { OrganizationRecord } from '../organizations/organization';

@ObjectType({ simpleResolvers: true, description: 'One place of an organization: a shop, an office.' })
export class Branch {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What an organization settled for itself; null: as the gateway has it.',
})
export class OrganizationSettings {
  @Field(() => String, { description: 'The name whose champion answers assignments.' })
  readonly defaultModel!: string;

  @Field(() => Int, { nullable: true, description: 'Members per room before an overflow room opens.' })
  readonly roomCapacity!: number | null;

  @Field(() => Int, { nullable: true, description: 'Events kept per city.' })
  readonly eventRetention!: number | null;

  @Field(() => [String], { description: 'Whose pages may ask with its keys: https://app.example.' })
  readonly corsOrigins!: readonly string[];

  @Field(() => Int, { nullable: true, description: 'Of each of its keys.' })
  readonly requestsPerMinute!: number | null;
}

@ObjectType({ simpleResolvers: true })
export class Quota {
  @Field(() => Float)
  readonly used!: number;

  @Field(() => Float, { description: "The most there may be; the gateway's operator sets it." })
  readonly limit!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What an organization has, and how much it may have.' })
export class Quotas {
  @Field(() => Quota)
  readonly members!: Quota;

  @Field(() => Quota)
  readonly cities!: Quota;

  @Field(() => Quota, { description: 'Of all cities together.' })
  readonly rooms!: Quota;

  @Field(() => Quota, {
    description:
      'Kept in the logs of all cities together: past the limit, the longest log gives up its oldest.',
  })
  readonly events!: Quota;

  @Field(() => Quota)
  readonly datasets!: Quota;

  @Field(() => Quota, { description: 'Of all data sets together, as uploaded.' })
  readonly datasetBytes!: Quota;

  @Field(() => Quota, { description: 'Trainings and reports that wait or run.' })
  readonly jobs!: Quota;
}

@ObjectType({ simpleResolvers: true, description: 'A client of the gateway: owns everything else.' })
export class Organization {
  constructor(readonly record: OrganizationRecord) {}

  @Field(() => ID)
  get id(): string {
    return this.record.id;
  }

  @Field(() => String)
  get name(): string {
    return this.record.name;
  }

  @Field(() => OrganizationSettings)
  get settings(): OrganizationSettings {
    return this.record.settings;
  }

  @Field(() => GraphQLDateTime)
  get createdAt(): string {
    return this.record.createdAt;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An organization that was just created.' })
export class CreatedOrganization {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => String, { description: 'Its first key, of role ADMIN. Nobody can show it again.' })
  readonly secret!: string;
}

@InputType()
export class CreateOrganizationInput {
  @Field(() => ID, { description: '2 to 40 lower-case letters, digits and hyphens.' })
  readonly id!: string;

  @Field(() => String, { description: '1 to 100 characters.' })
  readonly name!: string;
}

@InputType({ description: 'What is left out stays as it is; null goes back to what the gateway has.' })
export class UpdateOrganizationInput {
  @Field(() => String, { nullable: true })
  readonly name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A name with a champion; a job assigns the members anew.',
  })
  readonly defaultModel?: string | null;

  @Field(() => Int, { nullable: true, description: '10 to 1,000,000.' })
  readonly roomCapacity?: number | null;

  @Field(() => Int, { nullable: true, description: '1 to 1,000,000.' })
  readonly eventRetention?: number | null;

  @Field(() => [String], {
    nullable: true,
    description: 'All of them: https://host or https://host:port; http for this machine only.',
  })
  readonly corsOrigins?: string[] | null;

  @Field(() => Int, { nullable: true, description: '10 to 10,000,000.' })
  readonly requestsPerMinute?: number | null;
}

@InputType({ description: 'What is left out stays as it is; null goes back to what everybody has.' })
export class QuotasInput {
  @Field(() => Float, { nullable: true })
  readonly members?: number | null;

  @Field(() => Float, { nullable: true })
  readonly cities?: number | null;

  @Field(() => Float, { nullable: true, description: 'Of all cities together.' })
  readonly rooms?: number | null;

  @Field(() => Float, { nullable: true, description: 'Kept in the logs of all cities together.' })
  readonly events?: number | null;

  @Field(() => Float, { nullable: true })
  readonly datasets?: number | null;

  @Field(() => Float, { nullable: true, description: 'Of all data sets together, as uploaded.' })
  readonly datasetBytes?: number | null;

  @Field(() => Float, { nullable: true, description: 'Trainings and reports that wait or run.' })
  readonly jobs?: number | null;
}

@InputType()
export class CreateBranchInput {
  @Field(() => String, { description: '1 to 100 characters; no other branch has it.' })
  readonly name!: string;
}
