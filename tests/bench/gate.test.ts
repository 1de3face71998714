import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gateBench } from '../../bench/gate/index.ts';
import { OWN_ROWS } from '../../bench/gate/own-rows.ts';
import { proportion, proportions } from '../../bench/gate/proportion.ts';
import { readRows, tierOf } from '../../bench/gate/rows.ts';
import { type BenchOptions, ROW_FILES } from '../../bench/model.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const OPTIONS: BenchOptions = {
  ...{ only: [], quick: true, runs: 1, profile: undefined, rows: {} },
  say: () => undefined,
};

describe('a proportion', () => {
  // Wilson (1927); the figures were computed apart from this code.
  test.each([
    [0, 10, 0, [0, 27.75]],
    [5, 10, 50, [23.66, 76.34]],
    [10, 10, 100, [72.25, 100]],
    [97, 100, 97, [91.55, 98.97]],
  ])('of %i in %i is told with its interval', (hits, of, percent, interval) => {
    expect(proportion(hits, of)).toEqual({ hits, of, percent, interval });
  });

  test('of nothing is none', () => {
    expect(proportion(0, 0)).toEqual({ hits: 0, of: 0, percent: null, interval: null });
  });

  test('is counted in each group', () => {
    const isHit = (word: string): boolean => word.endsWith('!');
    const by = proportions(['a!', 'a', 'b!'], { group: (word) => word.charAt(0), isHit });
    expect(Object.entries(by).map(([name, { hits, of }]) => [name, hits, of])).toEqual([
      ['a', 1, 2],
      ['b', 1, 1],
    ]);
  });
});

describe('the rows', () => {
  test('of a file that is no corpus are refused', async () => {
    await using directory = await tempDirectory();
    const file = join(directory.path, 'rows.jsonl');
    await writeFile(file, '{"command":"id"}\n{"line":"id"}\n');
    await expect(readRows({ ...OPTIONS, rows: { twins: file } }, 'twins')).rejects.toThrow('line 2 is no row');
  });

  test('of a file are read, and those of this program are told apart', async () => {
    await using directory = await tempDirectory();
    const file = join(directory.path, 'rows.jsonl');
    await writeFile(file, '{"command":"id","source":"tldr/id"}\n\n{"command":"ls"}\n');
    const { rows, own } = await readRows({ ...OPTIONS, rows: { negatives: file } }, 'negatives');
    expect({ own, commands: rows.map(({ command }) => command) }).toEqual({ own: false, commands: ['id', 'ls'] });
    expect((await readRows(OPTIONS, 'negatives')).own).toBe(true);
  });

  test('of ordinary work are told apart by their tier', () => {
    const row = { command: '', source: 'nl2bash', note: 'tier1 (views): x' };
    expect([tierOf(row), tierOf({ ...row, note: '' })]).toEqual(['nl2bash/tier1', 'nl2bash']);
  });
});

describe('the bench of the gate', () => {
  test('judges its own rows, says that they are its own, and recognises every export among them', async () => {
    const { name, bars } = await gateBench({ ...OPTIONS, only: ['recall', 'rewritten', 'ordinary', 'twins', 'sql'] });
    expect(name).toBe('gate');
    const values = Object.fromEntries(bars.map(({ id, value }) => [id, value]));
    expect(values).toMatchObject({ 'recall/deny_or_ask': 100, 'rewritten/deny_or_ask': 100, 'sql/recall': 100 });
    expect(values).toMatchObject({ 'false_deny/tldr': 0, 'sql/false': 0 });
    for (const { reason } of bars) expect(reason).toContain('rows of its own');
  });

  test('has rows of its own for every file but the one without a bar', () => {
    expect(ROW_FILES.filter((file) => OWN_ROWS[file].length === 0)).toEqual(['ambiguous']);
  });
});
