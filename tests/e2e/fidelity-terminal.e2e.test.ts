/** Terminal modes chosen by a seed: what the client's terminal has set, the target's has too, as without the gateway. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { seeded, share } from '../../bench/measure/random.ts';
import { World } from '../../bench/world/world.ts';
import { Cleanup } from '../../foundation/index.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { Terminal } from '../support/terminal.ts';
import { caseCount, seed } from '../support/share.ts';

/** Flags of stty that RFC 4254 §8 and RFC 8160 have an opcode for. */
const FLAGS = [
  ...['ignpar', 'parmrk', 'inpck', 'istrip', 'inlcr', 'igncr', 'icrnl', 'ixon', 'ixany', 'ixoff', 'imaxbel', 'iutf8'],
  ...['isig', 'icanon', 'echoe', 'echok', 'echonl', 'noflsh', 'tostop', 'echoctl', 'echoke'],
  ...['opost', 'onlcr', 'ocrnl', 'onocr', 'onlret'],
];
const CHARACTERS = ['intr', 'quit', 'erase', 'kill', 'eof', 'susp', 'werase', 'lnext', 'start', 'stop'];
const ALL = 60;

describeWithNewestOpenSsh('a terminal with and without the gateway', (openSsh) => {
  const cleanup = new Cleanup();
  const random = seeded(seed());
  let world: World;
  jest.setTimeout(120_000);

  beforeAll(async () => {
    world = cleanup.use(await World.start());
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const settings = Array.from({ length: caseCount(5, ALL) }, () => {
    const flags = share(FLAGS, 6, random).map((flag) => (random.below(2) === 0 ? flag : `-${flag}`));
    const characters = share(CHARACTERS, 3, random).map((name) => `${name} ^${random.pick('BEGKLNPTY'.split(''))}`);
    return [...flags, ...characters, '-echo'].join(' ');
  });

  test.each(settings)('has the modes of the client: %s', async (setting) => {
    const size = { columns: 60 + random.below(100), rows: 20 + random.below(40) };
    const modes = async (alias: string): Promise<string> => {
      const local = `stty ${setting}; exec "$@"`;
      const words = ['-c', local, 'bash', openSsh.ssh, '-F', world.configPath, '-tt', alias, 'stty -a'];
      await using terminal = new Terminal('bash', words, size);
      await terminal.exited;
      return terminal.output;
    };
    const wanted = await modes('direct');
    expect(wanted).toContain(`rows ${size.rows}; columns ${size.columns}`);
    expect(await modes('gateway')).toBe(wanted);
  });
});
