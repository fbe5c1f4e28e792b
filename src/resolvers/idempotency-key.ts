import { checkText } from '../check-text';

const LONGEST_KEY = 200;

/** The key that a client gave, or null. @throws ClientError BAD_USER_INPUT. */
export function checkedKey(idempotencyKey: string | null | undefined): string | null {
  if (idempotencyKey === null || idempotencyKey === undefined) return null;
  checkText('idempotencyKey', idempotencyKey, LONGEST_KEY);
  return idempotencyKey;
}
