import { ConfigError, checkHost, type Environment, loadConfig } from '../src/config';

const KEY = '0123456789abcdef';
const SECRET = 'a secret of thirty-two bytes, or more';

function problems(environment: Environment): string {
  return message(() => loadConfig(environment));
}

function message(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The environment was taken');
}

describe('loadConfig', () => {
  it('runs embedded, open and on the loopback by default', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      dataDir: './data',
      databaseUrl: null,
      durability: 'power',
      diskReserveBytes: 67_108_864,
      adminApiKey: null,
      jwtKeys: null,
      jwtClaims: { issuer: null, audience: null, maxLifetimeS: 86_400 },
      allowedHosts: [],
      allowedOrigins: [],
      trustedProxies: [],
      explorer: true,
      roomCapacity: null,
      eventRetention: 100_000,
      datasetMaxBytes: 2_147_483_648,
      datasetMaxRows: 20_000_000,
      logLevel: 'info',
    });
  });

  it('takes every variable', () => {
    expect(
      loadConfig({
        HOST: '0.0.0.0',
        PORT: '8080',
        DATA_DIR: '/srv/tertulia',
        DATABASE_URL: 'postgresql://me:secret@db:5432/tertulia',
        DURABILITY: 'process',
        DISK_RESERVE_BYTES: '1000000',
        ADMIN_API_KEY: KEY,
        AUTH_JWT_SECRET: SECRET,
        AUTH_JWT_ISSUER: 'https://issuer.example/',
        AUTH_JWT_AUDIENCE: 'tertulia',
        AUTH_JWT_MAX_LIFETIME: '90m',
        ALLOWED_HOSTS: '10.0.2.2, gateway.test',
        ALLOWED_ORIGINS: 'http://localhost:5173,https://app.example',
        TRUSTED_PROXIES: '10.0.0.0/8 fd00::7,',
        EXPLORER: 'false',
        ROOM_CAPACITY: '50',
        EVENT_RETENTION: '1000',
        DATASET_MAX_BYTES: '5000000',
        DATASET_MAX_ROWS: '70000',
        LOG_LEVEL: 'debug',
        INFERENCE: 'local',
        PATH: '/usr/bin',
      }),
    ).toEqual({
      host: '0.0.0.0',
      port: 8080,
      dataDir: '/srv/tertulia',
      databaseUrl: 'postgresql://me:secret@db:5432/tertulia',
      durability: 'process',
      diskReserveBytes: 1_000_000,
      adminApiKey: KEY,
      jwtKeys: { secret: SECRET },
      jwtClaims: { issuer: 'https://issuer.example/', audience: 'tertulia', maxLifetimeS: 5_400 },
      allowedHosts: ['10.0.2.2', 'gateway.test'],
      allowedOrigins: ['http://localhost:5173', 'https://app.example'],
      trustedProxies: ['10.0.0.0/8', 'fd00::7'],
      explorer: false,
      roomCapacity: 50,
      eventRetention: 1000,
      datasetMaxBytes: 5_000_000,
      datasetMaxRows: 70_000,
      logLevel: 'debug',
    });
  });

  it('counts an empty variable as unset', () => {
    expect(loadConfig({ PORT: '', ROOM_CAPACITY: ' ', REDIS_URL: '' })).toEqual(loadConfig({}));
  });

  it.each([
    ['PORT', '0', '65535'],
    ['ROOM_CAPACITY', '10', '1000000'],
    ['EVENT_RETENTION', '1', '100000000'],
  ])('%s reaches from %s to %s', (name, least, most) => {
    expect(() => loadConfig({ [name]: least })).not.toThrow();
    expect(() => loadConfig({ [name]: most })).not.toThrow();
    for (const outside of [
      String(Number(least) - 1),
      String(Number(most) + 1),
      '1.5',
      '1e3',
      '0x10',
      'many',
      '１２',
    ]) {
      expect(problems({ [name]: outside })).toBe(
        `The environment is not right:\n- ${name} (now "${outside}") must be a whole number from ${least} to ${most}` +
          (name === 'PORT' ? ' (0: any free port)' : ''),
      );
    }
  });

  it.each(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])('logs at %s', (level) => {
    expect(loadConfig({ LOG_LEVEL: level }).logLevel).toBe(level);
  });

  it('tells the durabilities there are', () => {
    expect(problems({ DURABILITY: 'none' })).toContain(
      '- DURABILITY (now "none") must be one of power, process',
    );
  });

  it('takes a key of 16 characters and no shorter one, and never prints it', () => {
    expect(loadConfig({ ADMIN_API_KEY: KEY }).adminApiKey).toBe(KEY);
    const message = problems({ ADMIN_API_KEY: 'hunter2hunter2h' });
    expect(message).toContain('- ADMIN_API_KEY must have at least 16 characters');
    expect(message).not.toContain('hunter2');
    expect(problems({ ADMIN_API_KEY: `${KEY} ü` })).toContain('printable ASCII');
  });

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', 'LOCALHOST'])('may be open on %s', (host) => {
    expect(loadConfig({ HOST: host }).adminApiKey).toBeNull();
    expect(() => checkHost(host, true)).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '192.168.0.4', 'example.com', '127.evil.example', 'localhost.example'])(
    'refuses to be open on %s and says what to set',
    (host) => {
      expect(loadConfig({ HOST: host }).host).toBe(host); // the database may hold a key
      expect(message(() => checkHost(host, true))).toMatch(/HOST .* set ADMIN_API_KEY, or a loopback HOST/);
      expect(() => checkHost(host, false)).not.toThrow();
    },
  );

  it('takes one way of verifying tokens, and a safe one', () => {
    expect(problems({ AUTH_JWT_SECRET: 'hunter2' })).toMatch(/- AUTH_JWT_SECRET must have at least 32 bytes/);
    expect(problems({ AUTH_JWT_SECRET: 'hunter2' })).not.toContain('hunter2;');
    for (const jwksUrl of ['https://issuer.example/jwks', 'http://127.0.0.1:9/jwks', 'http://[::1]:9/jwks'])
      expect(loadConfig({ AUTH_JWKS_URL: jwksUrl }).jwtKeys).toEqual({ jwksUrl });
    for (const url of ['http://issuer.example/jwks', 'file:///etc/passwd', 'jwks'])
      expect(problems({ AUTH_JWKS_URL: url })).toContain('- AUTH_JWKS_URL must be an https address');
    expect(problems({ AUTH_JWT_SECRET: SECRET, AUTH_JWKS_URL: 'https://issuer.example/jwks' })).toContain(
      '- AUTH_JWKS_URL must not be set together with AUTH_JWT_SECRET',
    );
  });

  it('checks the claims of tokens only where there are tokens', () => {
    for (const name of ['AUTH_JWT_ISSUER', 'AUTH_JWT_AUDIENCE'])
      expect(problems({ [name]: 'x' })).toMatch(
        new RegExp(`- ${name} .*needs AUTH_JWT_SECRET or AUTH_JWKS_URL`),
      );
    for (const [text, maxLifetimeS] of [
      ['45s', 45],
      ['24h', 86_400],
      ['7d', 604_800],
    ] as const)
      expect(loadConfig({ AUTH_JWT_MAX_LIFETIME: text }).jwtClaims).toMatchObject({ maxLifetimeS });
    for (const text of ['24', '0h', '1w', '1.5h', 'P1D', '-1h'])
      expect(problems({ AUTH_JWT_MAX_LIFETIME: text })).toContain(
        `- AUTH_JWT_MAX_LIFETIME (now "${text}") must be`,
      );
  });

  it.each([
    ['ALLOWED_HOSTS', ['10.0.2.2:4000', 'http://gateway.test', '[::1]', '*', 'a b_c']],
    [
      'ALLOWED_ORIGINS',
      ['localhost:5173', 'http://localhost:5173/', 'https://App.example', '*', 'null', 'file://'],
    ],
    [
      'TRUSTED_PROXIES',
      ['proxy.example', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/8/8', '10.0.0.0/', 'loopback'],
    ],
  ])('%s lists what can be told apart', (name, wrong) => {
    for (const text of wrong)
      expect(problems({ [name]: text })).toContain(`- ${name} (now "${text}") must list`);
  });

  it('lets the schema be explored, but not in production unless asked', () => {
    expect(loadConfig({ NODE_ENV: 'development' }).explorer).toBe(true);
    expect(loadConfig({ NODE_ENV: 'production' }).explorer).toBe(false);
    expect(loadConfig({ NODE_ENV: 'production', EXPLORER: 'true' }).explorer).toBe(true);
    expect(problems({ EXPLORER: 'yes' })).toContain('- EXPLORER (now "yes") must be true or false');
  });

  it.each(['[::1]', 'localhost:4000', 'http://localhost', 'a b', '-x'])('refuses %p for a host', (host) => {
    expect(problems({ HOST: host, ADMIN_API_KEY: KEY })).toContain('must be a host name or an IP address');
  });

  it.each(['mysql://db/x', 'localhost:5432', 'postgres//db'])('refuses the database %p', (url) => {
    expect(problems({ DATABASE_URL: url })).toContain('- DATABASE_URL must be a PostgreSQL address');
  });

  it.each([
    ['REDIS_URL', 'redis://localhost'],
    ['INFERENCE', 'remote'],
  ])('refuses %s, which this version would otherwise ignore', (name, value) => {
    expect(problems({ [name]: value })).toMatch(new RegExp(`- ${name} .*this version`));
  });

  it('tells all problems at once', () => {
    const message = problems({
      HOST: '0.0.0.0',
      PORT: 'http',
      ROOM_CAPACITY: '0',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'redis://x',
    });
    for (const name of ['HOST', 'PORT', 'ROOM_CAPACITY', 'LOG_LEVEL', 'REDIS_URL'])
      expect(message).toContain(`- ${name} `);
    expect(message.split('\n')).toHaveLength(6);
  });
});
