import { randomUUID } from 'node:crypto';
import type { SegmentationManifest } from '../../onnx/manifest';
import type { Procedure } from '../../storage/database';
import { SHIPPED_MODEL } from '../shipped/shipped-model';
import { lockAliases, pointAlias } from './alias';

/** A model that was just trained. */
export interface NewModel {
  readonly organizationId: string;
  readonly manifest: SegmentationManifest;
  readonly datasetId: string | null;
  /** The job that trained it: run again, it adds no second model. */
  readonly jobId: string | null;
  readonly by: string;
}

/** Adds the next version of the manifest's name, and makes it the challenger. Answers its id. */
export const procedure: Procedure<NewModel, string> = {
  module: 'models/registry/add-model',
  async run(transaction, { organizationId, manifest, datasetId, jobId, by }) {
    const { name } = manifest;
    await lockAliases(transaction, organizationId);
    const [known] = await transaction.query<{ id: string }>(
      'select id from models where organization_id = $1 and job_id = $2',
      [organizationId, jobId],
    );
    if (known !== undefined) return known.id;

    const id = randomUUID();
    const before = name === SHIPPED_MODEL.name ? SHIPPED_MODEL.version : 0;
    await transaction.query(
      `insert into models (id, organization_id, name, version, manifest, dataset_id, job_id)
       select $1, $2, $3, coalesce(max(version), $4::integer) + 1, $5::json, $6::uuid, $7::uuid
         from models where organization_id = $2 and name = $3`,
      [id, organizationId, name, before, JSON.stringify(manifest), datasetId, jobId],
    );
    await pointAlias(transaction, { organizationId, name, action: 'TRAINED', by }, 'challenger', id);
    return id;
  },
};
