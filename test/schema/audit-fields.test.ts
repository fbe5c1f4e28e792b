import { buildSchema, type ExecutionResult, graphql } from 'graphql';
import { type AuditTable, auditFields } from '../../src/schema/audit-fields';

const RULES: AuditTable = {
  Query: { take: () => ({ target: null, details: {} }) },
  Mutation: {
    change: ({ id }, result) => (result === 'nothing' ? null : { target: id, details: { result } }),
    look: null,
  },
};

function schemaWith(table: AuditTable, append: Parameters<typeof auditFields>[2]) {
  const schema = buildSchema(`
    type Query { take: String read: String }
    type Mutation { change(id: ID!): String look: String }
  `);
  const fields = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() };
  for (const [name, field] of Object.entries(fields)) {
    field.resolve = (_root, { id }) => {
      if (id === 'bad') throw new Error('on purpose');
      return id ?? name;
    };
  }
  auditFields(schema, table, append);
  return schema;
}

async function acts(
  source: string,
  append: () => Promise<void> = async () => undefined,
): Promise<[ExecutionResult, object[]]> {
  const written: object[] = [];
  const schema = schemaWith(RULES, async (act) => {
    await append();
    written.push(act);
  });
  const viewer = { organizationId: 'shop', actor: 'key (tk_1)', role: 'ADMIN' };
  return [await graphql({ schema, source, contextValue: { viewer, address: '10.0.0.1' } }), written];
}

describe('the audit of fields', () => {
  it('writes down who did what to what, from where, and each act of a request', async () => {
    const [{ data }, written] = await acts('mutation { a: change(id: "a") look b: change(id: "b") }');
    expect(data).toEqual({ a: 'a', look: 'look', b: 'b' });
    const common = { organizationId: 'shop', actor: 'key (tk_1)', action: 'change', address: '10.0.0.1' };
    expect(written).toEqual([
      { ...common, target: 'a', details: { result: 'a' } },
      { ...common, target: 'b', details: { result: 'b' } },
    ]);
  });

  it('audits queries too, where the table says so', async () => {
    expect((await acts('{ take read }'))[1]).toMatchObject([{ action: 'take' }]);
  });

  it('writes down neither what failed nor what is no act', async () => {
    expect((await acts('mutation { change(id: "bad") }'))[1]).toEqual([]);
    expect((await acts('mutation { change(id: "nothing") }'))[1]).toEqual([]);
  });

  it('answers no act that could not be written down', async () => {
    const [{ data, errors }] = await acts('mutation { change(id: "a") }', async () => {
      throw new Error('The log is full');
    });
    expect([data, errors?.[0]?.message]).toEqual([{ change: null }, 'The log is full']);
  });

  it('does not start without a decision for every mutation, nor with one for none', () => {
    const append = async () => undefined;
    const { change } = RULES['Mutation'] as Record<string, never>;
    expect(() => schemaWith({ Mutation: { change } as never }, append)).toThrow('Mutation.look');
    const more = { ...RULES, Query: { gone: null } };
    expect(() => schemaWith(more, append)).toThrow('Query.gone');
  });
});
