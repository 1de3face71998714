import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { verifySession } from '../../recorder/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { framesOf, rootOf, start, textOf } from './support/recordings.ts';

const support = (name: string): string => new URL(`./support/${name}`, import.meta.url).pathname;

/** Runs a recording process until it has acknowledged `acknowledgements` frames and kills it with SIGKILL. */
async function recordAndKill(directory: string, acknowledgements: number): Promise<Map<string, number>> {
  const child = spawn(
    process.execPath,
    ['--import', support('typescript-loader.mjs'), support('recording-child.ts'), directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    },
  );
  const exited = once(child, 'exit');
  const acknowledged = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^(\S{36}) (\d+)$/.exec(line);
    if (match?.[1] !== undefined) acknowledged.set(match[1], Number(match[2]));
    lines += 1;
    if (lines === acknowledgements) child.kill('SIGKILL'); // Lines already in the pipe are still read: they were promised.
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

test.each([1, 40, 1500])(
  'a recorder killed after %i acknowledged frames has lost none of them',
  async (acknowledgements) => {
    await using directory = await tempDirectory();
    const acknowledged = await recordAndKill(directory.path, acknowledgements);
    expect(acknowledged.size).toBeGreaterThan(0);

    await using recorder = await start(directory.path); // Also takes over the lock of the killed process.
    for (const [sessionId, last] of acknowledged) {
      const report = await verifySession({ directory: rootOf(directory.path), sessionId });
      expect(report).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
      const frames = await framesOf(directory.path, sessionId);
      const numbers = [...textOf(frames, 'o').matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
      expect(numbers).toEqual(numbers.map((_, at) => at));
      expect(numbers.length).toBeGreaterThan(last);
    }
    if (acknowledgements > 100) expect(recorder.recovered).toHaveLength(3);
    for (const { sessionId } of recorder.recovered) {
      const frames = await framesOf(directory.path, sessionId);
      expect(frames.at(-1)).toMatchObject({ type: 'm', payload: Buffer.from('recovered') });
    }
  },
);
