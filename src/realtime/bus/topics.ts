/** Where a city's membership events are announced: arrays of `MembershipEvent`; an empty one: look into the log. */
export function cityTopic(organizationId: string, cityKey: string): string {
  return `city:${encodeURIComponent(organizationId)}:${cityKey}`;
}

/** Where a member's new assignments are announced. */
export function assignmentTopic(organizationId: string, userId: string): string {
  return `assignment:${encodeURIComponent(organizationId)}:${userId}`;
}

/** Where it is announced that a person of any organization was forgotten: `Forgotten`. */
export const FORGOTTEN_TOPIC = 'forgotten';

/** Where a job's states are announced. */
export function jobTopic(organizationId: string, jobId: string): string {
  return `job:${encodeURIComponent(organizationId)}:${jobId}`;
}
