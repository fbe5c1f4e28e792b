const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id as the database writes it; null: no such id can exist. */
export function asUuid(id: string): string | null {
  return UUID.test(id) ? id.toLowerCase() : null;
}
