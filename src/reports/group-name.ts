import type { CrossTableRow } from './report';

/** What a row of a cross-table is called. */
export function groupName({ kind, value }: CrossTableRow): string {
  if (kind === 'OTHER') return '(other values)';
  return kind === 'MISSING' ? '(missing)' : (value as string);
}
