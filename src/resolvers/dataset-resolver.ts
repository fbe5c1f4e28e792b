import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { isAgePlace } from '../age-order';
import type { DatasetRecord } from '../datasets/dataset';
import type { DatasetStore } from '../datasets/dataset-store';
import type { Datasets } from '../datasets/datasets';
import { PageArgs } from '../schema/arguments';
import { Dataset, DatasetConnection } from '../schema/dataset';
import { asUuid } from '../uuid';
import type { Context } from './context';
import { type PagedList, pageRequest, toConnection, toPage } from './paging';

const DATASETS: PagedList<DatasetRecord, Dataset> = {
  name: 'datasets',
  placeOf: ({ place }) => place,
  isPlace: isAgePlace,
  toNode: (dataset) => dataset,
};

@Resolver(() => Dataset)
export class DatasetResolver {
  constructor(
    private readonly store: DatasetStore,
    private readonly intake: Datasets,
  ) {}

  @Query(() => Dataset, { nullable: true })
  async dataset(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<Dataset | null> {
    return this.store.find(viewer.organizationId, id);
  }

  @Query(() => DatasetConnection, { description: 'The newest first.' })
  async datasets(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { viewer }: Context,
  ): Promise<DatasetConnection> {
    const { first, after } = pageRequest(DATASETS, args);
    return toConnection(
      DATASETS,
      toPage(await this.store.list(viewer.organizationId, after, first + 1), first),
    );
  }

  @Mutation(() => Boolean, {
    description:
      'Deletes a data set and its reports; one that a model was trained on is kept. False: there is none.',
  })
  async deleteDataset(@Arg('id', () => ID) id: string, @Ctx() { viewer }: Context): Promise<boolean> {
    const uuid = asUuid(id);
    return uuid !== null && this.intake.remove(viewer.organizationId, uuid);
  }
}
