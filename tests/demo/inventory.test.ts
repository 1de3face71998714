import { describe, expect, test } from '@jest/globals';
import { DEMO_PEOPLE, demoInventory } from '../../demo/index.ts';
import { InventorySchema } from '../../identity/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const target = {
  host: '127.0.0.1' as const,
  port: 2222,
  hostKey: 'ssh-ed25519 AAAA',
  customersDirectory: '/somewhere/srv/crm',
};
const inventory = InventorySchema.parse(
  demoInventory({ issuer: 'http://127.0.0.1:1/oidc', target, clock: new ManualClock('2026-04-01T00:00:00Z') }),
);

describe('the announced inventory', () => {
  test('has one person of each role, a second maintainer from a contractor, and an administrator who owns a system', () => {
    expect(DEMO_PEOPLE.flatMap(({ roles }) => roles).toSorted()).toEqual([
      'administrator',
      'administrator',
      'auditor',
      'maintainer',
      'maintainer',
      'owner',
      'owner',
      'security_officer',
    ]);
    expect(inventory.people.find(({ subject }) => subject === 'chen')).toMatchObject({
      employer: 'East Maintenance',
      locale: 'en',
      contractEndsAt: new Date('2026-09-28T00:00:00Z'),
    });
  });

  test('gives no account to anybody who decides or audits', () => {
    expect(inventory.accounts.map(({ person }) => person)).toEqual(['aoki', 'chen']);
    expect(inventory.grants.map(({ person }) => person)).toEqual(['aoki', 'chen']);
  });

  test('protects both tables and the directory they lie in', () => {
    expect(inventory.systems.map(({ name, owners }) => [name, owners])).toEqual([
      ['crm', ['tanaka']],
      ['billing', ['mori']],
    ]);
    expect(inventory.systems[0]?.assets.map(({ kind, name, recordCount }) => [kind, name, recordCount])).toEqual([
      ['table', 'crm.customers', 1_200],
      ['table', 'crm.orders', 3_000],
      ['path', '/somewhere/srv/crm', 1_200],
    ]);
  });

  test('pins the target as it stands, guarded', () => {
    expect(inventory.targets).toEqual([
      {
        name: 'crm-db',
        system: 'crm',
        host: '127.0.0.1',
        port: 2222,
        hostKey: 'ssh-ed25519 AAAA',
        mode: 'guarded-line',
        ...{ hostCa: null, legacyAlgorithms: false, sourceAddress: null, via: null, web: null, inspectAs: null },
        ...{ signIn: 'certificate', rotateSecret: 'never' },
      },
    ]);
  });
});
