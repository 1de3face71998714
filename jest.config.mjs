const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    {
      jsc: { target: 'es2022', parser: { syntax: 'typescript', explicitResourceManagement: true } },
      module: { type: 'es6' },
    },
  ],
};
const common = {
  testEnvironment: '<rootDir>/tests/support/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/var/'],
};

/** Projects by suffix: `unit` touches nothing outside the process, `it` has real servers, `e2e` real clients. */
export default {
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  testTimeout: 120_000,
  // A worker keeps every suite's modules; beyond this it spends its time on collecting them.
  workerIdleMemoryLimit: '1200MB',
  projects: [
    { ...common, displayName: 'unit', testRegex: '^(?!.*\\.(it|e2e)\\.test).*\\.test\\.ts$' },
    { ...common, displayName: 'it', testRegex: '\\.it\\.test\\.ts$' },
    {
      ...common,
      displayName: 'e2e',
      testRegex: '\\.e2e\\.test\\.ts$',
      setupFilesAfterEnv: ['<rootDir>/tests/support/second-try.ts'],
    },
  ],
};
