/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/environment.ts',
  globalSetup: '<rootDir>/test/find-services.ts',
  setupFiles: ['reflect-metadata'],
  transform: { '\\.ts$': '@swc/jest' },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'json', 'node'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testTimeout: 30_000,
  openHandlesTimeout: 5_000,
};
