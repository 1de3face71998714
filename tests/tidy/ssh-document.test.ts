/** docs/ssh.md says what the code offers and refuses: lists and lines in it are the code's own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MAINTAINER_LEG } from '../../gateway/ssh/algorithms.ts';
import { offerFor } from '../../gateway/ssh/target/offer.ts';
import { CATALOGUES } from '../../messages/index.ts';
import { ROOT } from '../support/paths.ts';

const text = await readFile(join(ROOT, 'docs', 'ssh.md'), 'utf8');

/** The names in each cell of the one row of a table that begins so; behind its first cell. */
function cellsOf(row: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith(`| ${row} |`));
  expect(rows).toHaveLength(1);
  const cells = rows[0]!.split('|').slice(2, -1);
  return cells.map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
}

const offer = (kind: string, legacyAlgorithms: boolean) =>
  offerFor({ hostKey: `${kind} AAAA`, hostCa: 'ssh-ed25519 AAAA', legacyAlgorithms } as Parameters<typeof offerFor>[0]);
const today = offer('ssh-rsa', false);
const old = offer('ssh-rsa', true);
const more = (all: readonly string[], before: readonly string[]) => all.filter((name) => !before.includes(name));
const isCertificate = (name: string) => name.includes('-cert-');

describe('docs/ssh.md', () => {
  test.each([
    ['key exchange', MAINTAINER_LEG.kex, today.kex, old.kex],
    ['cipher', MAINTAINER_LEG.cipher, today.cipher, old.cipher],
    ['MAC', MAINTAINER_LEG.hmac, today.mac, old.mac],
  ])('lists what is offered as %s on each leg, in its order', (row, maintainer, target, legacy) => {
    expect(cellsOf(row)).toEqual([maintainer, target, more(legacy, target)]);
  });

  test('lists what host keys and host certificates a target may show', () => {
    const [certificates, plain] = [
      today.hostKey.filter(isCertificate),
      today.hostKey.filter((name) => !isCertificate(name)),
    ];
    expect(cellsOf('host certificate')).toEqual([[], certificates, []]);
    expect(cellsOf('host key, pinned as `ssh-rsa`')).toEqual([[], plain, more(old.hostKey, today.hostKey)]);
  });

  const refusals = Object.entries(CATALOGUES.en).filter(([key]) =>
    /^(channel|jump|forward|files|connection)\./.test(key),
  );

  test.each(refusals)('tells the line of %s as the person reads it', (_key, line) => {
    expect(text).toContain(`| ${line} |`);
  });
});
