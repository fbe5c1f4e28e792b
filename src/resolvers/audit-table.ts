import type { AuditNote, AuditRule, AuditTable } from '../schema/audit-fields';

/**
 * What the audit log says of each mutation, and of the queries that take a person's data out: null for what is no
 * administrative act. A mutation that is not here does not start.
 */
export const AUDITED: AuditTable = {
  Query: {
    exportUser: ofPerson(),
  },
  Mutation: {
    assignCluster: null,
    assignClusters: null,
    leaveCity: null,
    forgetUser: ofPerson((forgotten: boolean) => ({ forgotten })),
    cancelJob: ({ id }, { kind }) => note(id, { kind }),
    createApiKey: (_args, { key: { id, role, label, prefix } }) => note(id, { role, label, prefix }),
    createBranch: (_args, { id, name }) => note(id, { name }),
    createOrganization: (_args, { id, name }) => note(id, { name }),
    createReport: ({ input }, { id }) => note(id, input),
    deleteBranch: ({ id }, deleted: boolean) => note(id, { deleted }),
    deleteDataset: ({ id }, deleted: boolean) => note(id, { deleted }),
    promoteModel: ({ modelId }, { name, version }) => note(modelId, { name, version }),
    renameBranch: ({ id }, { name }) => note(id, { name }),
    renameCity: ({ name }, { name: to }) => note(name, { to }),
    revokeApiKey: (_args, { id, label, prefix }) => note(id, { label, prefix }),
    rollbackModel: ({ name }, { id, version }) => note(id, { name, version }),
    trainModel: ({ input: { name, datasetId, algorithm } }, { id }) =>
      note(id, { name, datasetId, algorithm }),
    updateOrganization: ({ input }, { id }) => note(id, input),
    updateQuotas: ({ organizationId, input }) => note(organizationId, input),
    updateSegment: ({ modelId, key, label, description }) => note(modelId, { key, label, description }),
  },
};

function note(target: string, details: AuditNote['details']): AuditNote {
  return { target, details };
}

/** What is done to a person, whom the log does not name; nothing of what a MEMBER does to itself. */
function ofPerson(details: (result: boolean) => AuditNote['details'] = () => ({})): AuditRule {
  return (_args, result, { role }) => (role === 'MEMBER' ? null : { target: null, details: details(result) });
}
