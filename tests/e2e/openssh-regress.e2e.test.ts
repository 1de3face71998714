/** OpenSSH's own regress scripts, with the gateway as their server. docs/openssh-regress.md is held to what runs here. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Ran } from '../../bench/world/run.ts';
import { World } from '../../bench/world/world.ts';
import { Cleanup } from '../../foundation/index.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { describeWith } from '../support/partners.ts';
import { ROOT } from '../support/paths.ts';
import { document, RELEASE } from './support/openssh-regress-document.ts';
import { runScript, scriptsOf } from './support/openssh-regress-field.ts';
import { LEFT_OUT } from './support/openssh-regress-left-out.ts';
import { PLANNED, type Planned } from './support/openssh-regress-plan.ts';
import { Slots } from './support/openssh-regress-slots.ts';

/** Most of their time the scripts wait. */
const AT_ONCE = 4;
/** They open about 320 sessions. */
const SESSIONS_MIN = 250;
/** For all of them together, on a busy machine. */
const LIMIT_MS = 600_000;
/** The one that needs tmux. */
const TERMINAL = 'ssh-tty';
const DOCUMENT = join(ROOT, 'docs/openssh-regress.md');

describe('docs/openssh-regress.md', () => {
  test('lists what runs here and what does not', async () => {
    const wanted = document();
    if (process.env['REGRESS_DOCUMENT'] === 'write') await writeFile(DOCUMENT, wanted);
    expect(await readFile(DOCUMENT, 'utf8')).toBe(wanted);
  });

  test('decides about each script once', () => {
    expect(PLANNED.filter(({ name }) => LEFT_OUT.has(name))).toEqual([]);
    expect(new Set(PLANNED.map(({ name }) => name)).size).toBe(PLANNED.length);
  });
});

describeWithNewestOpenSsh('through the gateway', ({ regress, version }) => {
  const cleanup = new Cleanup();
  const results = new Map<string, Promise<Ran>>();
  let world: World;
  if (regress === undefined) {
    test('the system’s own programs come without their scripts', () => expect(version).toBe('system'));
    return;
  }

  beforeAll(async () => {
    // Some scripts compare standard error, where ssh shows a banner.
    world = cleanup.use(await World.start({ gatewaySsh: { banner: '' } }));
    const slots = new Slots(AT_ONCE);
    // The longest first: it decides when all are done.
    const order = [...PLANNED].sort((a, b) => (b.secondsAbout ?? 0) - (a.secondsAbout ?? 0));
    for (const planned of order) {
      const result = slots.use(() => runScript(world, regress, planned));
      result.catch(() => undefined); // The script's own test tells.
      results.set(planned.name, result);
    }
    cleanup.defer(async () => {
      await Promise.allSettled(results.values());
    });
  }, LIMIT_MS);
  afterAll(() => cleanup[Symbol.asyncDispose](), LIMIT_MS);

  test('no script of the release is forgotten', async () => {
    const known = [...PLANNED.map(({ name }) => name), ...LEFT_OUT.keys()];
    const there = await scriptsOf(regress);
    expect(there.length).toBeGreaterThan(100);
    // A later release brings scripts that nobody has read yet.
    if (version === RELEASE) expect(known.sort()).toEqual(there.sort());
  });

  const passes = (scripts: readonly Planned[]): void => {
    test.each(scripts.map(({ name, shows }) => [name, shows]))(
      '%s passes: %s',
      async (name) => {
        const ran = await results.get(name);
        const said = `${ran?.stdout.toString() ?? ''}${ran?.stderr ?? ''}`.slice(-4_000);
        expect({ status: ran?.status, said }).toEqual({ status: 0, said: expect.stringMatching(/^ok /m) });
      },
      LIMIT_MS,
    );
  };
  passes(PLANNED.filter(({ name }) => name !== TERMINAL));
  describeWith('tmux', 'in a terminal', () => passes(PLANNED.filter(({ name }) => name === TERMINAL)));

  test(
    'none of it went past the gateway: it recorded their sessions',
    async () => {
      await Promise.all(results.values());
      const files = await readdir(join(world.gateway.directory, 'data/recorder/keys'));
      expect(files.filter((name) => name.endsWith('screen.age')).length).toBeGreaterThan(SESSIONS_MIN);
    },
    LIMIT_MS,
  );
});
