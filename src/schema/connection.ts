import { type ClassType, Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Always false: lists are read forward.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true })
  readonly endCursor!: string | null;
}

export interface Edge<Node> {
  readonly node: Node;
  readonly cursor: string;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: PageInfo;
}

/** Relay's connection and edge types over one node type. */
export function connectionOf<Node extends object>(
  name: string,
  NodeClass: ClassType<Node>,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class EdgeClass implements Edge<Node> {
    @Field(() => NodeClass)
    readonly node!: Node;

    @Field(() => String, { description: 'To go on after this node.' })
    readonly cursor!: string;
  }

  @ObjectType(`${name}Connection`, {
    simpleResolvers: true,
    description: 'A page of a list, after the Relay specification.',
  })
  class ConnectionClass implements Connection<Node> {
    @Field(() => [EdgeClass])
    readonly edges!: readonly Edge<Node>[];

    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo;
  }
  return ConnectionClass;
}
