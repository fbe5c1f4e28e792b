import { buildSchema } from 'graphql';
import { Documents } from '../../src/realtime/documents';

const schema = buildSchema('type Query { hello: String } type Subscription { city: String }');

it.each([
  [false, 'Cannot query field "sity" on type "Subscription". Did you mean "city"?'],
  [true, 'Cannot query field "sity" on type "Subscription".'],
])('refuses a wrong name, suggestions hidden: %s', (hideSuggestions, message) => {
  const documents = new Documents({ schema, hideSuggestions });
  expect(() => documents.get('subscription { sity }')).toThrow(message);
  expect(() => documents.get('subscription { sity }')).toThrow(expect.objectContaining({ message }));
});
