import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { SegmentCounts } from '../membership/segment-counts';
import { PreviewArgs } from '../schema/inputs';
import { Interest } from '../schema/interest';
import { Scoring } from '../schema/scoring';
import { Heatmap, Segment } from '../schema/segment';
import type { Context } from './context';
import type { ModelViews } from './model-views';

@Resolver(() => Segment)
export class SegmentResolver {
  constructor(
    private readonly models: ModelViews,
    private readonly counts: SegmentCounts,
  ) {}

  @Query(() => [Interest], { description: "The vocabulary of the organization's model, in its order." })
  interests(@Ctx() { viewer }: Context): readonly Interest[] {
    return this.models.champion(viewer.organizationId).interests;
  }

  @Query(() => [Segment], { description: "The segments of the organization's model." })
  segments(@Ctx() { viewer }: Context): readonly Segment[] {
    return this.models.champion(viewer.organizationId).segments;
  }

  @Query(() => Segment, { nullable: true, description: 'Null when there is none of this number.' })
  segment(@Arg('number', () => Int) number: number, @Ctx() { viewer }: Context): Segment | null {
    const { segments } = this.models.champion(viewer.organizationId);
    return segments.find((segment) => segment.number === number) ?? null;
  }

  @Query(() => Heatmap, { description: "The heat map of the organization's model." })
  heatmap(@Ctx() { viewer }: Context): Heatmap {
    return this.models.champion(viewer.organizationId).heatmap;
  }

  @Query(() => Scoring, { description: 'What an assignment would say. Stores nothing.' })
  async previewAssignment(
    @Args(() => PreviewArgs) likes: PreviewArgs,
    @Ctx() { viewer }: Context,
  ): Promise<Scoring> {
    const model = this.models.champion(viewer.organizationId);
    const row = this.models.row(viewer.organizationId, likes);
    const { affinities, segment } = await model.serving.scorer.scoreOne(row);
    return new Scoring(model, row, affinities, model.segments[segment] ?? null);
  }

  @FieldResolver(() => Int, {
    description: "Members of the organization in this segment's rooms, in all cities.",
  })
  memberCount(@Root() segment: Segment, @Ctx() { viewer }: Context): Promise<number> {
    return this.counts.memberCount(viewer.organizationId, segment.number);
  }
}
