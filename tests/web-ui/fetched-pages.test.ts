/** A page that nobody fetches ahead makes its first visitor wait: each page of the router is in the list, or is named here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../support/paths.ts';

/** With its emulator and its letters it weighs as much as all others together. */
const FETCHED_WHEN_OPENED = ['TerminalPage'];

test('every page but the terminal is fetched ahead, once', () => {
  const source = readFileSync(join(ROOT, 'web', 'ui', 'router.tsx'), 'utf8');
  const pages = [...source.matchAll(/^const (\w+) = lazyRouteComponent/gm)].map(([, name]) => name!);
  const fetched = /for \(const page of \[([^\]]*)\]/.exec(source)![1]!.match(/\w+/g)!;
  expect(pages.length).toBeGreaterThan(FETCHED_WHEN_OPENED.length);
  expect([...fetched, ...FETCHED_WHEN_OPENED].sort()).toEqual(pages.sort());
});
