import { getOperationAST, parse } from 'graphql';
import { payloadVariables } from '../../../src/realtime/subscriptions/payload-variables';

function variablesOf(text: string): string[] {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('No operation');
  return payloadVariables(document, operation);
}

it.each([
  ["the root field's arguments do not count", 'subscription ($a: Int) { f(x: {y: [$a]}) { g } }', []],
  ['arguments below do', 'subscription ($a: Int, $b: Int) { f(x: $b) { g(x: $a) } }', ['a']],
  ['so does one used in both places', 'subscription ($a: Int) { f(x: $a) { g(x: $a) } }', ['a']],
  ["and the root field's directives", 'subscription ($a: Int) { f(x: 1) @include(if: $a) { g } }', ['a']],
  [
    'fragments at the root and below',
    `subscription ($a: Int, $b: Int, $c: Int) { ...F @skip(if: $c) }
     fragment F on Subscription { ... on Subscription { f(x: $a) { ...G } } }
     fragment G on T { g(x: $b) }`,
    ['b', 'c'],
  ],
])('%s', (_what, text, expected) => {
  expect(variablesOf(text)).toEqual(expected);
});
