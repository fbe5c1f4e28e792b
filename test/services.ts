/** Services that some tests need, found by `find-services.ts` before any test runs. */
const SERVICES = {
  postgres: 'TERTULIA_TEST_POSTGRES',
  chromium: 'TERTULIA_TEST_CHROMIUM',
  mounts: 'TERTULIA_TEST_MOUNTS',
  nginx: 'TERTULIA_TEST_NGINX',
} as const;

export type Service = keyof typeof SERVICES;

/** Where the service is (a URL or a file), or null when it was not found. */
export function service(name: Service): string | null {
  return process.env[SERVICES[name]] || null;
}

/** `describe`, or a skipped one where the service is missing; the missing ones are told at the start of the run. */
export function describeWith(name: Service): jest.Describe {
  const { skip } = describe;
  return service(name) === null ? (skip as jest.Describe) : describe;
}
