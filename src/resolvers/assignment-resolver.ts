import type { GraphQLFormattedError } from 'graphql';
import { Arg, Ctx, ID, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import { ClientError } from '../errors';
import { type AssignmentMessage, fromMessage } from '../membership/assignment';
import { checkUserId, type Membership } from '../membership/membership';
import { assignmentTopic } from '../realtime/bus/topics';
import { AssignClusterResult, ClusterAssignment, ItemError } from '../schema/assignment';
import { AssignClusterInput } from '../schema/inputs';
import type { Context } from './context';
import type { ModelViews } from './model-views';

const LONGEST_LIST = 1_000;

@Resolver(() => ClusterAssignment)
export class AssignmentResolver {
  constructor(
    private readonly membership: Membership,
    private readonly models: ModelViews,
    private readonly formatError: (error: unknown, requestId: string) => GraphQLFormattedError,
  ) {}

  @Mutation(() => ClusterAssignment, {
    description: 'Scores the interests and puts the user into the room of city and segment.',
  })
  assignCluster(
    @Arg('input', () => AssignClusterInput) input: AssignClusterInput,
    @Ctx() context: Context,
  ): Promise<ClusterAssignment> {
    return this.#assign(input, context);
  }

  @Mutation(() => [AssignClusterResult], {
    description: `\`assignCluster\` for up to ${LONGEST_LIST} users, answered in order: a bad item fails alone.`,
  })
  async assignClusters(
    @Arg('inputs', () => [AssignClusterInput]) inputs: AssignClusterInput[],
    @Ctx() context: Context,
  ): Promise<AssignClusterResult[]> {
    if (inputs.length > LONGEST_LIST) {
      throw new ClientError(
        'BAD_USER_INPUT',
        `inputs has ${inputs.length} items: at most ${LONGEST_LIST} are allowed.`,
      );
    }
    return Promise.all(
      inputs.map((input) =>
        this.#assign(input, context).then(
          (assignment) => ({ assignment, error: null }),
          (error: unknown) => ({ assignment: null, error: this.#itemError(error, context) }),
        ),
      ),
    );
  }

  @Mutation(() => Boolean, { description: 'Takes the user out of its city. False: it was in none.' })
  leaveCity(@Arg('userId', () => ID) userId: string, @Ctx() { viewer }: Context): Promise<boolean> {
    return this.membership.leave(viewer.organizationId, userId);
  }

  @Mutation(() => Boolean, {
    description: "Erases the person, events' userId included. False: nothing was known.",
  })
  forgetUser(@Arg('userId', () => ID) userId: string, @Ctx() { viewer }: Context): Promise<boolean> {
    return this.membership.forget(viewer.organizationId, userId);
  }

  @Subscription(() => ClusterAssignment, {
    description: "The user's assignments from now on.",
    subscribe: ({ args, context }) => {
      const { feeds, viewer } = context as Context;
      const { userId } = args as { userId: string };
      checkUserId(userId);
      return feeds.liveSource(assignmentTopic(viewer.organizationId, userId));
    },
  })
  async assignmentChanged(
    @Root() message: AssignmentMessage,
    @Arg('userId', () => ID) _userId: string,
    @Ctx() { viewer }: Context,
  ): Promise<ClusterAssignment> {
    const model = await this.models.assigned(viewer.organizationId, message.modelId);
    return new ClusterAssignment(model, fromMessage(message));
  }

  #itemError(error: unknown, { requestId }: Context): ItemError {
    const { message, extensions } = this.formatError(error, requestId);
    return { code: String(extensions?.['code']), message };
  }

  async #assign(
    input: AssignClusterInput,
    { viewer: { organizationId } }: Context,
  ): Promise<ClusterAssignment> {
    const model = this.models.champion(organizationId);
    const features = this.models.row(organizationId, input);
    const { userId, city } = input;
    return new ClusterAssignment(
      model,
      await this.membership.assign(organizationId, model.serving, { userId, city, features }),
    );
  }
}
