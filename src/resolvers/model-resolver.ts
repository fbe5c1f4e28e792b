import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { checkText } from '../check-text';
import type { DriftWatch } from '../models/drift/drift';
import type { SegmentMove as SegmentMoveRecord } from '../models/promotion/move-tally';
import type { Promotions } from '../models/promotion/promotions';
import type { ModelRegistry } from '../models/registry/model-registry';
import type { LocalizedText } from '../onnx/manifest';
import { Drift } from '../schema/drift';
import { Model } from '../schema/model';
import { AliasChange, LocalizedTextInput, PromotionPreview, type SegmentMove } from '../schema/promotion';
import { Segment } from '../schema/segment';
import type { Context } from './context';
import type { ModelViews, SegmentLookup } from './model-views';

const LONGEST_LABEL = 100;
const LONGEST_DESCRIPTION = 1_000;

@Resolver(() => Model)
export class ModelResolver {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly promotions: Promotions,
    private readonly driftWatch: DriftWatch,
    private readonly views: ModelViews,
  ) {}

  @Query(() => [Model], {
    description: 'The versions of one name, or of all: by name, the newest first; the shipped model last.',
  })
  async models(
    @Arg('name', () => String, { nullable: true }) name: string | null | undefined,
    @Ctx() { viewer }: Context,
  ): Promise<Model[]> {
    const models = await this.registry.list(viewer.organizationId, name ?? null);
    return models.map((model) => this.views.of(model));
  }

  @Query(() => Model, { nullable: true, description: 'Null when there is none.' })
  model(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<Model | null> {
    return this.views.find(viewer.organizationId, id);
  }

  @Query(() => PromotionPreview, {
    description: 'What a promotion would do: how many members would move from which segment to which.',
  })
  async promotionPreview(
    @Arg('modelId', () => ID) modelId: string,
    @Ctx() { viewer }: Context,
  ): Promise<PromotionPreview> {
    const { organizationId } = viewer;
    const { total, unchanged, moves } = await this.promotions.preview(organizationId, modelId);
    const model = this.views.of(await this.registry.get(organizationId, modelId));
    const left = moves.flatMap(({ from }) => from ?? []);
    const segmentOf = moves.length === 0 ? () => null : await this.views.segments(organizationId, left);
    return { total, unchanged, moves: moves.map((move) => toMove(move, segmentOf, model)) };
  }

  @Query(() => [AliasChange], {
    description: 'Who pointed the aliases of a name where: the last 1,000 changes, the latest first.',
  })
  async modelHistory(
    @Arg('name', () => String) name: string,
    @Ctx() { viewer: { organizationId } }: Context,
  ): Promise<AliasChange[]> {
    const changes = await this.promotions.history(organizationId, name);
    const versions = await this.registry.list(organizationId, name);
    const byId = new Map(versions.map((model) => [model.id, this.views.of(model)]));
    const modelOf = (id: string | null) => byId.get(id ?? '') ?? null;
    return changes.map((change) => ({ ...change, from: modelOf(change.from), to: modelOf(change.to) }));
  }

  @Query(() => Drift, {
    description: "How far the members are from the training data of the organization's model.",
  })
  async drift(@Ctx() { viewer }: Context): Promise<Drift> {
    const drift = await this.driftWatch.drift(viewer.organizationId);
    return new Drift(this.views.of(drift.model), drift);
  }

  @Mutation(() => Model, {
    description:
      'Makes a model the champion of its name. When that is the default model, a job assigns the members anew; requests under way are still answered by the last champion.',
  })
  async promoteModel(@Arg('modelId', () => ID) modelId: string, @Ctx() { viewer }: Context): Promise<Model> {
    return this.views.of(await this.promotions.promote(viewer.organizationId, modelId, viewer.actor));
  }

  @Mutation(() => Model, {
    description:
      'Takes the last promotion of the name back that still stands. Answers the champion that came back.',
  })
  async rollbackModel(@Arg('name', () => String) name: string, @Ctx() { viewer }: Context): Promise<Model> {
    return this.views.of(await this.promotions.rollback(viewer.organizationId, name, viewer.actor));
  }

  @Mutation(() => Segment, {
    description: 'Calls a segment of a model something else; without a description, that stays as it is.',
  })
  async updateSegment(
    @Arg('modelId', () => ID) modelId: string,
    @Arg('key', () => ID) key: string,
    @Arg('label', () => LocalizedTextInput) label: LocalizedTextInput,
    @Arg('description', () => LocalizedTextInput, { nullable: true })
    description: LocalizedTextInput | null | undefined,
    @Ctx() { viewer }: Context,
  ): Promise<Segment> {
    const model = await this.registry.relabel(viewer.organizationId, modelId, {
      key,
      label: localized('label', label, LONGEST_LABEL),
      description: description ? localized('description', description, LONGEST_DESCRIPTION) : null,
    });
    return this.views.of(model).segmentOf(key) as Segment;
  }

  @FieldResolver(() => [String], {
    description: 'Movable names that point at this version now: champion, challenger.',
  })
  aliases(@Root() model: Model, @Ctx() { viewer }: Context): string[] {
    return this.registry.aliasesOf(viewer.organizationId, model.serving);
  }
}

function toMove(
  { from, to, members }: SegmentMoveRecord,
  segmentOf: SegmentLookup,
  model: Model,
): SegmentMove {
  return {
    from: from === null ? null : segmentOf(from),
    to: to === null ? null : model.segmentOf(to),
    members,
  };
}

/** @throws ClientError BAD_USER_INPUT. */
function localized(what: string, { en, es }: LocalizedTextInput, most: number): LocalizedText {
  checkText(`${what}.en`, en, most);
  if (es === null || es === undefined) return { en };
  checkText(`${what}.es`, es, most);
  return { en, es };
}
