/**
 * Who may import whom. The order of ROOMS is the house: a room may import only rooms that stand before it.
 * See docs/ARCHITECTURE.md.
 */
const ROOMS = ['foundation', 'messages', 'policy', 'evidence', 'recorder', 'identity', 'approvals'];
const TOP = ['gateway', 'relay', 'web/api', 'demo'];
const upward = ROOMS.map((room, at) => ({
  name: `${room}-imports-only-rooms-below`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: `^(${[...ROOMS.slice(at + 1), ...TOP, 'config', 'main', 'web/ui', 'tests'].join('|')})/` },
}));
const beside = TOP.map((room) => ({
  name: `${room.replace('/', '-')}-stands-alone`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: `^(${[...TOP.filter((other) => other !== room), 'config', 'main', 'web/ui', 'tests'].join('|')})/` },
}));
const only = (name, packages, places) => ({
  name,
  severity: 'error',
  from: {
    path: '^(foundation|messages|policy|evidence|recorder|identity|approvals|gateway|relay|web/api|demo|main|config)/',
    pathNot: places,
  },
  to: { path: `node_modules/(${packages})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...upward,
    ...beside,
    {
      name: 'one-door-a-room',
      comment: 'From outside, a room is entered by its index.ts only.',
      severity: 'error',
      from: {
        path: '^(foundation|messages|policy|evidence|recorder|identity|approvals|gateway|relay|web/api|demo|main|config)/',
      },
      to: {
        path: '^(foundation|messages|policy|evidence|recorder|identity|approvals|gateway|relay|web/api|demo|config)/',
        pathNot: ['^$1/', '^[a-z]+(/api)?/index\\.ts$'],
      },
    },
    {
      name: 'config-is-read-by-main-only',
      severity: 'error',
      from: { pathNot: '^(main|config|tests|bench)/' },
      to: { path: '^config/' },
    },
    {
      name: 'policy-is-pure',
      comment: 'No I/O and no packages but parsers.',
      severity: 'error',
      from: { path: '^policy/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: ['node_modules/(re2js|unbash|zod)/'] },
    },
    {
      name: 'evidence-runs-anywhere',
      comment: 'The verifiers are the same in Node and in browsers: nothing of a runtime, no other room, zod alone.',
      severity: 'error',
      from: { path: '^evidence/' },
      to: { pathNot: ['^evidence/', 'node_modules/zod/'] },
    },
    { name: 'messages-import-nothing', severity: 'error', from: { path: '^messages/' }, to: { pathNot: '^messages/' } },
    only('pg-in-queries-only', 'pg|pg-pool|node-pg-migrate', [
      '^foundation/(database|queue)\\.ts$',
      '^main/',
      '/queries\\.ts$',
    ]),
    only('ssh2-where-ssh-is-spoken', 'ssh2', ['^gateway/ssh/', '^relay/sftp/', '^demo/']),
    only('pty-where-it-is-owned', 'node-pty|@lydell/node-pty', ['^demo/']),
    only('sql-parsers-where-they-are-bounded', 'libpg-query|@guanmingchiu/sqlparser-ts', [
      '^gateway/statement-reader/',
    ]),
    only('queue-in-foundation-only', 'bullmq|ioredis', ['^foundation/queue\\.ts$']),
    only('oidc-provider-in-demo-only', 'oidc-provider', ['^demo/']),
    { name: 'nobody-imports-tests', severity: 'error', from: { pathNot: '^(tests|bench)/' }, to: { path: '^tests/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|var|web/ui)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
