import { GraphQLError } from 'graphql';
import { ERROR_STATUS } from '../../src/errors';
import { createFormatError } from '../../src/graphql/format-error';
import { createLogger } from '../../src/http/logger';
import { Metrics } from '../../src/metrics';

const formatError = createFormatError(createLogger('silent'), new Metrics());

/** The code and the message that a client is told of a library's error. */
function told(code: string) {
  const { message, extensions } = formatError(new GraphQLError('told', { extensions: { code } }), 'r1');
  return [extensions?.['code'], message];
}

describe('errors of libraries', () => {
  it.each(Object.keys(ERROR_STATUS).filter((code) => code !== 'INTERNAL_SERVER_ERROR'))(
    'keep the code %s',
    (code) => expect(told(code)).toEqual([code, 'told']),
  );

  it.each([
    ['UNAUTHORIZED', 'FORBIDDEN'],
    ['GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT'],
    ['OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'],
  ])('with the code %s are %s here', (code, ours) => expect(told(code)).toEqual([ours, 'told']));

  it('that a resolver met and that call themselves defects are masked', () => {
    const error = new GraphQLError('password=hunter2', {
      path: ['break'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(formatError(error, 'r1')).toEqual({
      message: 'Internal server error (request r1)',
      path: ['break'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
    });
  });
});
