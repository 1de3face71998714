import { expect, test } from '@jest/globals';
import { parseConfig } from '../../config/index.ts';
import { unchangeable } from '../../main/unchangeable.ts';

const places = { directory: '/etc/sekisho', demoDataDirectory: '/var/sekisho' };
const file = {
  mode: 'production',
  data_directory: '/var/lib/sekisho',
  http: { public_url: 'https://sekisho.example.com' },
  ssh: { advertised_host: 'bastion.example.com', workers: 2 },
  database: { url: 'postgres://gateway:hidden@db/sekisho' },
  oidc: { issuer: 'https://login.example.com', client_id: 'sekisho', client_secret: 'x'.repeat(16), role_of_group: {} },
};
const config = (change: object = {}) => parseConfig({ ...file, ...change }, places);

test.each([
  ['the database', { database: { url: 'postgres://gateway:other@db/sekisho' } }, ['database.url']],
  ['the port', { ssh: { ...file.ssh, port: 2200 } }, ['ssh.port', 'ssh.advertisedPort']],
  ['the provider', { oidc: { ...file.oidc, client_secret: 'y'.repeat(16) } }, ['identityProviders.0.clientSecret']],
  [
    'a list that grows',
    { oidc: { ...file.oidc, role_of_group: { it: 'owner' } } },
    ['identityProviders.0.roleOfGroup.it'],
  ],
  [
    'the data directory',
    { data_directory: '/srv' },
    ['dataDirectory', 'recorder.replayIdentity', 'recorder.log.headFile'],
  ],
])('%s cannot be changed by new workers, and is named without its value', (_what, change, names) => {
  expect(unchangeable(config(), config(change))).toEqual(names);
});

test('what workers alone use may be changed', () => {
  const changed = config({
    ssh: { ...file.ssh, workers: 8 },
    log_level: 'debug',
    database: { ...file.database, pool_size: 3 },
  });
  expect(unchangeable(config(), changed)).toEqual([]);
  expect(unchangeable(config(), config())).toEqual([]);
});
