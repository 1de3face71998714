import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LIMITS, systemClock } from '../../../foundation/index.ts';
import {
  buildSession,
  type DerivedPlace,
  mergeParts,
  OpenSegments,
  search,
  type SegmentFacts,
  testSegments,
} from '../../../recorder/search/operations.ts';
import type { SearchRequest } from '../../../recorder/search/query.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { framesOf, header, out, type Said, typed } from '../replay/frames.ts';

const KEY = Buffer.alloc(32, 7);
const idOf = (n: number): string => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;

async function place() {
  const directory = await tempDirectory();
  const where: DerivedPlace = { directory: directory.path, key: KEY };
  const facts: SegmentFacts[] = [];
  const open = new OpenSegments(where);
  return {
    ...{ where, facts, open },
    add: async (n: number, said: readonly Said[]) => {
      facts.push(...(await buildSession(where, idOf(n), framesOf([header({ sessionId: idOf(n) }), ...said]))));
    },
    find: async (text: string, change: Partial<SearchRequest> = {}) =>
      search(
        open,
        facts.map(({ name }) => name),
        {
          ...{ text, fields: ['shown', 'typed', 'executed'], sessions: null, after: null, before: null, from: null },
          ...{ hits: 20, hitsPerSession: 20 },
          ...change,
        },
        systemClock,
      ),
    [Symbol.asyncDispose]: async () => {
      await open[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const textsOf = ({ hits }: { hits: readonly { text: string }[] }): string[] => hits.map(({ text }) => text.trim());

describe('a search', () => {
  test.each(['', '   ', '""', 'x'.repeat(LIMITS.searchQueryCharactersMax + 1), 'a b c d e f g h i'])(
    'for %j is refused',
    async (text) => {
      await using here = await place();
      await expect(here.find(text)).rejects.toMatchObject({ code: 'request_invalid' });
    },
  );

  test('finds Japanese words of one, two and three characters, and nothing else', async () => {
    await using here = await place();
    await here.add(1, [out(0, '沖縄の顧客一覧を見る\r\n北海道 東京都\r\nplain text\r\n')]);
    for (const word of ['沖', '縄', '沖縄', '顧客', '一覧', '客一覧', '北海道', '沖縄の顧客一覧', '都']) {
      expect([word, textsOf(await here.find(word)).length]).toEqual([word, 1]);
    }
    for (const word of ['京東', '海北道', '縄沖', '青森']) expect(textsOf(await here.find(word))).toEqual([]);
  });

  test('finds half-width kana by the usual form and the other way round, and letters of any width and case', async () => {
    await using here = await place();
    await here.add(1, [out(0, 'ｶﾌﾞｼｷｶﾞｲｼｬ\r\nカブシキガイシャ\r\nＣＵＳＴＯＭＥＲ\r\n')]);
    expect(textsOf(await here.find('カブシキ'))).toEqual(['ｶﾌﾞｼｷｶﾞｲｼｬ', 'カブシキガイシャ']);
    expect(textsOf(await here.find('ｶﾌﾞｼｷ'))).toEqual(['ｶﾌﾞｼｷｶﾞｲｼｬ', 'カブシキガイシャ']);
    expect(textsOf(await here.find('ﾌ'))).toEqual(['ｶﾌﾞｼｷｶﾞｲｼｬ']);
    expect(textsOf(await here.find('customer'))).toEqual(['ＣＵＳＴＯＭＥＲ']);
  });

  test('is not misled by characters that show nothing', async () => {
    await using here = await place();
    await here.add(1, [out(0, 'cus\u200btom\u00ader\r\n')]);
    expect((await here.find('customer')).hits).toHaveLength(1);
  });

  test('finds what was overwritten, what was typed and what ran, each in its field', async () => {
    await using here = await place();
    await here.add(1, [
      out(0, 'shown secret\r\u001b[K$ '),
      ...[typed(100, 'l'), out(110, 'l'), typed(150, 's'), out(160, 's'), typed(200, '\r'), out(210, '\r\n')],
      { type: 'm', at: 300, text: 'mysqldump crm' },
    ]);
    expect((await here.find('shown secret')).hits).toMatchObject([{ field: 'shown', offset: 0 }]);
    expect((await here.find('ls', { fields: ['typed'] })).hits).toMatchObject([{ field: 'typed', offset: 100 }]);
    expect((await here.find('mysqldump')).hits).toMatchObject([{ field: 'executed', offset: 300 }]);
    expect((await here.find('mysqldump', { fields: ['typed'] })).hits).toEqual([]);
  });

  test('never finds a password that was typed and not shown', async () => {
    await using here = await place();
    const keys = Array.from('hunter2\r', (key, n) => typed(100 + n * 50, key));
    await here.add(1, [out(0, 'Password: '), ...keys, out(900, '\r\n$ ')]);
    expect((await here.find('hunter2')).hits).toEqual([]);
    expect((await here.find('password')).hits).toHaveLength(1);
  });

  test('wants every word on one line, and quoted words as they stand', async () => {
    await using here = await place();
    await here.add(1, [out(0, 'select name from customers\r\nselect\r\nfrom name select\r\n')]);
    expect((await here.find('select name')).hits).toHaveLength(2);
    expect(textsOf(await here.find('"select name"'))).toEqual(['select name from customers']);
  });

  test('looks only in the sessions and the times it is told, the newest first', async () => {
    await using here = await place();
    for (let n = 1; n <= 3; n++) {
      await here.add(n, [out(0, `needle ${n} 顧客\r\n`), out(60_000, 'needle later\r\n')]);
    }
    const only = await here.find('needle', { sessions: [idOf(2)] });
    expect(only.hits.map(({ session }) => session)).toEqual([idOf(2), idOf(2)]);
    const first = only.hits[0]?.at ?? 0;
    expect((await here.find('needle', { before: first })).hits).toHaveLength(3);
    expect((await here.find('needle', { after: first + 1 })).hits).toHaveLength(3);
    expect((await here.find('needle', { sessions: [] })).hits).toEqual([]);
  });

  test('goes on where its page ended, and says in which sessions there is more', async () => {
    await using here = await place();
    const many = Array.from({ length: 1_000 }, (_, n) => `row ${n} of the 顧客 table, which is long enough\r\n`);
    await here.add(
      1,
      many.map((text, n) => out(n * 30, text)),
    );
    await here.add(2, [out(0, 'one 顧客\r\n')]);
    const seen: string[] = [];
    let from: SearchRequest['from'] = null;
    do {
      const answer = await here.find('顧客', { from, hits: 50, hitsPerSession: 50 });
      seen.push(...textsOf(answer));
      from = answer.next;
    } while (from !== null && seen.length < 2_000);
    expect(new Set(seen).size).toBe(seen.length);
    const short = await here.find('顧客', { hitsPerSession: 5 });
    expect(short.hits).toHaveLength(6);
    expect(short.moreIn).toEqual([idOf(1)]);
  });

  test('says that time ran out instead of saying that there is nothing', async () => {
    await using here = await place();
    await here.add(1, [out(0, 'needle\r\n')]);
    let micros = 0n;
    const slow = { now: () => new Date(), micros: () => (micros += 3_000_000n) };
    const names = here.facts.map(({ name }) => name);
    const request = {
      ...{ text: 'needle', fields: ['shown' as const], sessions: null, after: null, before: null, from: null },
      ...{ hits: 20, hitsPerSession: 20 },
    };
    const answer = await search(here.open, names, request, slow);
    expect(answer).toMatchObject({ hits: [], ranOut: true, next: { session: idOf(1) } });
  });
});

describe('the index', () => {
  test('merged finds the same, forgets what it is told to, and keeps what was planted', async () => {
    await using here = await place();
    for (let n = 1; n <= 5; n++) await here.add(n, [out(0, `common 顧客 only${n}\r\n`)]);
    const one = await mergeParts(here.where, here.facts, [idOf(3)]);
    const before = await here.find('common');
    here.facts.splice(0, Infinity, one);
    const after = await here.find('common');
    expect(after.hits).toEqual(before.hits.filter(({ session }) => session !== idOf(3)));
    expect((await here.find('only3')).hits).toEqual([]);
    expect((await here.find('only4')).hits).toHaveLength(1);
    expect(one.sessions).toEqual([1, 2, 4, 5].map(idOf));
    expect(await testSegments(here.where, here.facts, systemClock)).toEqual([]);
  });

  test('that lost a posting, a page or itself does not pass its test', async () => {
    await using here = await place();
    for (let n = 1; n <= 3; n++) await here.add(n, [out(0, 'text\r\n')]);
    const [first, second, third] = here.facts;
    const pathOf = (facts: SegmentFacts | undefined): string =>
      join(here.where.directory, 'search', `${facts?.name}.sks`);
    const bytes = await readFile(pathOf(first));
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
    await writeFile(pathOf(first), bytes);
    await writeFile(pathOf(second), await readFile(pathOf(third)));
    const gone = { name: 'a'.repeat(32), planted: ['a'.repeat(32)] };
    const notPlanted = { name: third?.name ?? '', planted: ['b'.repeat(32)] };
    expect(await testSegments(here.where, [...here.facts, gone, notPlanted], systemClock)).toEqual([
      ...[first?.name, second?.name],
      ...[gone.name, notPlanted.name],
    ]);
  });

  test('and the replay hold no text that can be read on the disk', async () => {
    await using here = await place();
    await here.add(1, [out(0, 'customer 顧客 secret-word\r\n'), { type: 'm', at: 5, text: 'mysqldump secret-word' }]);
    for (const part of ['replay', 'search']) {
      const names = await readdir(join(here.where.directory, part));
      expect(names).toHaveLength(1);
      const bytes = await readFile(join(here.where.directory, part, names[0] ?? ''));
      expect(bytes.includes('secret-word') || bytes.includes('顧客')).toBe(false);
    }
  });

  test('of a recording that breaks off leaves nothing behind', async () => {
    await using here = await place();
    async function* broken() {
      yield* framesOf([header(), ...Array.from({ length: 100 }, (_, n) => out(n * 100, `line ${n}\r\n`))]);
      throw new Error('broken off');
    }
    await expect(buildSession(here.where, idOf(1), broken())).rejects.toThrow('broken off');
    expect(await readdir(join(here.where.directory, 'replay'))).toEqual([]);
    expect(await readdir(join(here.where.directory, 'search'))).toEqual([]);
  });
});
