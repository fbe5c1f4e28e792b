import { type JobPartsFragment, WatchJobDocument } from '../client/generated';
import { Subscription } from './subscription';

/** Waits for a job's end, as a client would: by subscription. @returns its last state. */
export async function endOfJob(
  url: string,
  id: string,
  key: string | null = null,
): Promise<JobPartsFragment> {
  const watch = new Subscription(url, WatchJobDocument, { id }, key);
  const last = () => watch.results.at(-1)?.jobChanged;
  await watch.until(() => /SUCCEEDED|FAILED|CANCELLED/.test(last()?.status ?? ''));
  await watch.stop();
  return last() as JobPartsFragment;
}

/** Uploads a CSV and waits until it is read. @returns the data set's id. */
export async function uploadCsv(
  url: string,
  csv: string | Buffer,
  name: string,
  key: string | null = null,
): Promise<string> {
  const response = await fetch(`${url}/datasets?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    body: csv,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  });
  const { id, jobId } = (await response.json()) as { id: string; jobId: string };
  const { status, error } = await endOfJob(url, jobId, key);
  if (status !== 'SUCCEEDED') throw new Error(`The upload was not read: ${error}`);
  return id;
}
