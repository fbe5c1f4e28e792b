import { isObjectType } from 'graphql';
import { ACCESS } from '../../src/resolvers/access';
import { createSchema, type SchemaOptions } from '../../src/resolvers/create-schema';
import { ROLES, type Viewer } from '../../src/viewer';

const schema = createSchema({} as SchemaOptions);
const ROOTS = ['Query', 'Mutation', 'Subscription'];

const fields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__') && !ROOTS.includes(name))
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type: type.name, field })));

/** Those that are for some roles only. */
const guarded = fields.flatMap(({ type, field }) => {
  const least = ACCESS[type]?.[field.name]?.role ?? 'MEMBER';
  return ROLES.slice(0, ROLES.indexOf(least)).map((role) => ({ name: `${type}.${field.name}`, role, field }));
});

it('has a rule for every field', () => {
  expect(fields.length).toBeGreaterThan(150);
  for (const { type, field } of fields)
    expect([type, field.name, ACCESS[type]?.[field.name]]).not.toContain(undefined);
});

it.each(guarded)('$name is not for $role', ({ role, field }) => {
  const viewer: Viewer = {
    organizationId: 'nomads',
    role,
    userId: 'ana',
    actor: 'test',
    keyId: null,
    expiresAt: null,
  };
  const source = new Proxy({}, { get: () => 'a secret' });
  expect(() => field.resolve?.(source, {}, { viewer }, {} as never)).toThrow(/^This is for the role/);
});
