import { createHash } from 'node:crypto';

/** A Content-Security-Policy that forbids everything but what is named. */
export function contentSecurityPolicy(allowed: Readonly<Record<string, string>> = {}): string {
  const directives = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    ...allowed,
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}

/** Lets one inline style or script through: this very text. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
