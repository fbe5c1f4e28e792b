import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** An error as its client is to see it; Apollo asks for the type. */
export class FormattedError extends GraphQLError {
  constructor(private readonly formatted: GraphQLFormattedError) {
    super(formatted.message, { extensions: formatted.extensions });
  }

  override toJSON(): GraphQLFormattedError {
    return this.formatted;
  }
}
