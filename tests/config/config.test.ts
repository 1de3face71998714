import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Config, ConfigSchema, loadConfig, parseConfig } from '../../config/index.ts';
import { GatewayError } from '../../foundation/index.ts';
import { ROOT } from '../support/paths.ts';

const places = { directory: '/etc/sekisho', demoDataDirectory: '/opt/sekisho/var' };

const production = {
  mode: 'production',
  data_directory: '/var/lib/sekisho',
  http: { public_url: 'https://sekisho.example.com' },
  ssh: { advertised_host: 'bastion.example.com' },
  database: { url: 'postgres://app:pa55word@db.example.com/sekisho' },
  oidc: {
    issuer: 'https://login.example.com',
    client_id: 'sekisho',
    client_secret: 'a-secret-of-the-client',
    role_of_group: { staff: 'maintainer' },
  },
};

/** The keys that a refusal names, in its order; fails when nothing is refused. */
function faultyKeys(raw: unknown): string[] {
  try {
    parseConfig(raw, places);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    expect(thrown.code).toBe('config_invalid');
    return [...thrown.message.matchAll(/^ {2}([^:]+): /gm)].map(([, key]) => key!);
  }
  throw new Error('nothing was refused');
}

function messageOf(raw: unknown): string {
  try {
    parseConfig(raw, places);
  } catch (thrown) {
    return inspect(thrown, { depth: 10 });
  }
  throw new Error('nothing was refused');
}

describe('production', () => {
  test('refuses every default of the demo, each by its name and all at once', () => {
    expect(faultyKeys({ mode: 'production' })).toEqual([
      'data_directory',
      'http.public_url',
      'ssh.advertised_host',
      'database.url',
      'oidc',
    ]);
  });

  test('refuses an identity provider whose groups nobody has named', () => {
    const { role_of_group: _, ...oidc } = production.oidc;
    expect(faultyKeys({ ...production, oidc })).toEqual(['oidc.role_of_group']);
  });

  test.each([
    ['http://sekisho.example.com', 'http.public_url'],
    ['http://127.0.0.1:8080', 'http.public_url'],
  ])('refuses to be reached at %s, without TLS', (public_url, key) => {
    expect(faultyKeys({ ...production, http: { public_url } })).toEqual([key]);
  });

  test.each(['http://login.example.com', 'https://localhost:9000', 'http://127.0.0.1:8080/oidc', 'https://[::1]/'])(
    'refuses %s as issuer',
    (issuer) => {
      expect(faultyKeys({ ...production, oidc: { ...production.oidc, issuer } })).toEqual(['oidc.issuer']);
    },
  );

  test('refuses a list of providers with a faulty one, or beside a single one', () => {
    const { oidc, ...rest } = production;
    const named = (name: string, issuer: string) => ({ ...oidc, name, issuer });
    const both = [named('staff', 'https://a.example.com'), named('partners', 'https://b.example.com')];
    expect(parseConfig({ ...rest, identity_providers: both }, places).identityProviders).toMatchObject([
      { name: 'staff', title: 'staff', clockSkewSeconds: 30, scimSubject: 'externalId' },
      { name: 'partners' },
    ]);
    expect(faultyKeys({ ...production, identity_providers: both })).toEqual(['identity_providers']);
    const plain = [named('staff', 'http://a.example.com')];
    expect(faultyKeys({ ...rest, identity_providers: plain })).toEqual(['identity_providers']);
    const twins = [named('staff', 'https://a.example.com'), named('staff', 'https://b.example.com')];
    expect(faultyKeys({ ...rest, identity_providers: twins })).toEqual(['identity_providers']);
  });

  test.each(['127.0.0.1', 'localhost', '::1'])('refuses to tell people to connect to %s', (advertised_host) => {
    expect(faultyKeys({ ...production, ssh: { advertised_host } })).toEqual(['ssh.advertised_host']);
  });

  test('takes a complete configuration and fills in only what is the same everywhere', () => {
    const config = parseConfig(production, places);
    expect(config).toMatchObject({
      mode: 'production',
      dataDirectory: '/var/lib/sekisho',
      http: { host: '127.0.0.1', port: 8080, publicUrl: 'https://sekisho.example.com' },
      ssh: {
        host: '0.0.0.0',
        port: 2222,
        advertisedHost: 'bastion.example.com',
        advertisedPort: 2222,
        workers: Math.min(availableParallelism(), 8),
      },
      redis: null,
      identityProviders: [{ name: 'default', roleOfGroup: { staff: 'maintainer' }, provisioning: 'just_in_time' }],
      secondFactor: { web: 'required', webMinutes: 15 },
      emergency: { hoursMax: 4, review: { zone: 'Asia/Tokyo', dueMinutes: 1_080 }, lockAfterHours: 24 },
      inventory: null,
    });
    expect(config.database.url?.expose()).toBe(production.database.url);
    expect(config.identityProviders[0]?.clientSecret.expose()).toBe(production.oidc.client_secret);
  });
});

describe('a configuration', () => {
  test('names every fault at once, with the whole path of its key', () => {
    const raw = {
      mode: 'production',
      colour: 'red',
      http: { port: 0, public_url: 'https://a.example/path' },
      ssh: { prot: 22 },
      oidc: { issuer: 'login' },
    };
    expect(new Set(faultyKeys(raw))).toEqual(
      new Set([
        'colour',
        'data_directory',
        'http.port',
        'http.public_url',
        'ssh.prot',
        'ssh.advertised_host',
        'database.url',
        'oidc.issuer',
        'oidc.client_id',
        'oidc.client_secret',
        'oidc.role_of_group',
      ]),
    );
  });

  test.each([[null], [[]], ['demo'], [{}], [{ mode: 'test' }], [{ mode: 'demo', http: [] }]])(
    '%j is refused',
    (raw) => {
      expect(faultyKeys(raw).length).toBeGreaterThan(0);
    },
  );

  test('that is refused repeats no value, for it may be a secret', () => {
    const raw = {
      ...production,
      database: { url: 'mysql://app:hunter2@db' },
      redis: { url: 'hunter2' },
      oidc: { ...production.oidc, client_secret: 'hunter2' },
    };
    expect(faultyKeys(raw)).toEqual(['database.url', 'redis.url', 'oidc.client_secret']);
    expect(messageOf(raw)).not.toContain('hunter2');
  });

  test('never prints its secrets', () => {
    const config = parseConfig(production, places);
    const printed = `${JSON.stringify(config)} ${inspect(config, { depth: 10, showHidden: true })}`;
    expect(printed).not.toContain('pa55word');
    expect(printed).not.toContain(production.oidc.client_secret);
  });

  test('cannot be changed', () => {
    const config = parseConfig(production, places) as { -readonly [Key in keyof Config]: Config[Key] };
    expect(() => (config.mode = 'demo')).toThrow(TypeError);
    expect(() => ((config.ssh as { port: number }).port = 22)).toThrow(TypeError);
    expect(() => ((config.identityProviders as { length: number }).length = 0)).toThrow(TypeError);
  });

  test('in demo mode needs nothing but the mode', () => {
    expect(parseConfig({ mode: 'demo' }, places)).toMatchObject({
      dataDirectory: '/opt/sekisho/var',
      http: { host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080' },
      ssh: { host: '127.0.0.1', port: 2222, advertisedHost: '127.0.0.1', advertisedPort: 2222, workers: 0 },
      database: { url: null, ownerUrl: null },
      identityProviders: [],
      secondFactor: { web: 'off', webMinutes: 15 },
      emergency: { hoursMax: 4, review: { zone: 'Asia/Tokyo', dueMinutes: 1_080 }, lockAfterHours: 24 },
    });
  });

  test('finds relative paths from its own directory', () => {
    const config = parseConfig({ mode: 'demo', data_directory: 'data', inventory: '../inventory.json' }, places);
    expect(config).toMatchObject({ dataDirectory: '/etc/sekisho/data', inventory: '/etc/inventory.json' });
  });

  test('describes every one of its keys', () => {
    const Described = z.record(
      z.string(),
      z.looseObject({ description: z.string().optional(), properties: z.unknown().optional() }),
    );
    const undescribed = (properties: unknown, above: string): string[] =>
      Object.entries(Described.parse(properties ?? {})).flatMap(([name, schema]) => [
        ...(schema.description === undefined ? [above + name] : []),
        ...undescribed(schema.properties, `${above}${name}.`),
      ]);
    const { properties } = z.toJSONSchema(ConfigSchema);
    expect(Object.keys(properties ?? {})).toContain('oidc');
    expect(undescribed(properties, '')).toEqual([]);
  });
});

describe('what is asked of who signs in over SSH', () => {
  const withSsh = (mode: 'demo' | 'production', ssh: object) => {
    const base = mode === 'demo' ? { mode } : production;
    return parseConfig({ ...base, ssh: { advertised_host: 'bastion.example.com', ...ssh } }, places).ssh;
  };

  test.each([
    ['second_factor', 'sms'],
    ['second_factor_minutes', 721],
    ['second_factor_minutes', 1.5],
    ['user_verification', 'yes'],
    ['proxy_protocol_from.0', ['balancer.example.com']],
    ['proxy_protocol_from.0', ['10.0.0.0/33']],
    ['banner', 'a\u001b[2J'],
    ['banner', 'a'.repeat(2_001)],
  ])('refuses %s %j', (key, value) => {
    const [name = ''] = key.split('.');
    expect(faultyKeys({ mode: 'demo', ssh: { [name]: value } })).toEqual([`ssh.${key}`]);
  });

  test('is an approval in the browser in production, and none in demo mode, unless said otherwise', () => {
    expect(withSsh('production', {}).signIn).toMatchObject({ secondFactor: 'browser', secondFactorMinutes: 0 });
    expect(withSsh('demo', {}).signIn).toMatchObject({ secondFactor: 'none', userVerification: false });
    const asked = { second_factor: 'browser', second_factor_minutes: 30, user_verification: true };
    expect(withSsh('demo', asked).signIn).toMatchObject({
      ...{ secondFactor: 'browser', secondFactorMinutes: 30, userVerification: true },
    });
  });

  test('begins with a banner in two languages, with another one, or with none; balancers are none until named', () => {
    expect(withSsh('production', {}).signIn.banner).toMatch(/recorded.*\n.*記録/);
    expect(withSsh('production', { banner: 'Hello\nこんにちは\n' }).signIn.banner).toBe('Hello\nこんにちは\n');
    expect(withSsh('production', { banner: '' }).signIn.banner).toBe('');
    expect(withSsh('production', {}).proxyProtocolFrom).toEqual([]);
    expect(withSsh('production', { proxy_protocol_from: ['10.0.0.5', 'fd00::/8'] }).proxyProtocolFrom).toHaveLength(2);
  });
});

describe('config/example.json', () => {
  test('is valid for production with its secrets in the environment', async () => {
    const config = await loadConfig({
      programDirectory: ROOT,
      workingDirectory: ROOT,
      environment: {
        SEKISHO_CONFIG: 'config/example.json',
        DATABASE_URL: 'postgres://sekisho_app@db.example.com/sekisho',
        OIDC_CLIENT_SECRET: 'a-secret-of-the-client',
      },
    });
    expect(config.mode).toBe('production');
  });

  test('holds no secret itself', async () => {
    expect(await readFile(`${ROOT}/config/example.json`, 'utf8')).not.toMatch(/secret|password/i);
  });
});

describe('whom recordings are sealed to', () => {
  const recipient = `age1${'q'.repeat(58)}`;

  test('is somebody, when the console holds no identity', () => {
    expect(faultyKeys({ ...production, recorder: { replay: false } })).toEqual(['recorder.recipients']);
    const half = { replay: false, recipients: { screen: [recipient] } };
    expect(faultyKeys({ ...production, recorder: half })).toEqual(['recorder.recipients']);
    expect(faultyKeys({ ...production, recorder: { recipients: { screen: ['ssh-ed25519 AAAA'] } } })).toEqual([
      'recorder.recipients.screen.0',
    ]);
  });

  test('is the console itself unless said otherwise', () => {
    expect(parseConfig(production, places).recorder).toMatchObject({
      recipients: { screen: [], keystrokes: [] },
      replayIdentity: '/var/lib/sekisho/keys/replay_identity.age.txt',
    });
    const all = { replay: false, recipients: { screen: [recipient], keystrokes: [recipient] } };
    expect(parseConfig({ ...production, recorder: all }, places).recorder).toMatchObject({
      recipients: all.recipients,
      replayIdentity: null,
    });
  });
});
