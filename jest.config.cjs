/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/environment.ts',
  globalSetup: '<rootDir>/test/find-services.ts',
  setupFiles: ['reflect-metadata'],
  // Jest cannot require the ES modules that Node can: ml-kmeans, what it is made of, jose and marked are turned into CommonJS.
  transform: { '\\.ts$': '@swc/jest', 'node_modules/(ml-|is-any-array|jose|marked).*\\.js$': '@swc/jest' },
  transformIgnorePatterns: ['/node_modules/(?!ml-|is-any-array|jose|marked)'],
  moduleFileExtensions: ['ts', 'js', 'cjs', 'json', 'node'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // For what hangs, not for what is slow: a busy machine takes seconds to start a database.
  testTimeout: 120_000,
  openHandlesTimeout: 5_000,
};
