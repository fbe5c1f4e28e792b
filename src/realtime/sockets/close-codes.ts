/** Why the gateway closes a socket. PROTOCOL.md explains them to clients; 44xx are graphql-transport-ws's. */
export const CLOSE = {
  goingAway: 1001,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  subprotocolNotAcceptable: 4406,
  initialisationTimeout: 4408,
  subscriberAlreadyExists: 4409,
  tooMany: 4429,
  internalError: 4500,
} as const;

const MAX_REASON_BYTES = 123;

/** Shortens a close reason to what a close frame can carry, at a character's end. */
export function closeReason(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_REASON_BYTES) return text;
  return bytes
    .subarray(0, MAX_REASON_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
}
