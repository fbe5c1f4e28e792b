import { Metrics } from '../../src/metrics';
import { ModelRegistry } from '../../src/models/registry/model-registry';
import type { SegmentationManifest } from '../../src/onnx/manifest';
import type { Database } from '../../src/storage/database';
import { migrate } from '../../src/storage/migrate';
import { PgliteDatabase } from '../../src/storage/pglite/pglite';
import { PostgresDatabase } from '../../src/storage/postgres';
import type { Storage } from './storages';

/** A storage that a gateway will find like this. */
export async function seeded(
  open: () => Promise<Storage>,
  seed: (database: Database, models: ModelRegistry) => Promise<void>,
): Promise<Storage> {
  const storage = await open();
  const { DATABASE_URL, DATA_DIR } = storage.environment;
  const database =
    DATABASE_URL === undefined
      ? await PgliteDatabase.open(DATA_DIR ?? '')
      : new PostgresDatabase({ url: DATABASE_URL });
  await migrate(database);
  const onError = (error: unknown) => {
    throw error;
  };
  const models = await ModelRegistry.open({ database, metrics: new Metrics(), onError });
  await seed(database, models);
  await models.close();
  await database.close();
  return storage;
}

/** Adds a model as if it had been trained. @returns its id. */
export async function trained(models: ModelRegistry, manifest: SegmentationManifest): Promise<string> {
  const model = { organizationId: 'nomads', manifest, datasetId: null, jobId: null, by: 'trainer' };
  return (await models.add(model)).id;
}

/** The shipped model with its segments' weights handed round: everybody goes one segment further. */
export function turned({ shipped: { manifest } }: ModelRegistry): SegmentationManifest {
  const { components } = manifest;
  return { ...manifest, components: components.map((_, s) => components[(s + 3) % 4] as number[]) };
}
