import { expect, test } from '@jest/globals';
import { createLog, LIMITS, systemClock } from '../../foundation/index.ts';
import { nodeFiles } from '../../recorder/files.ts';
import { openObjects } from '../../recorder/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { web } from './world.ts';

const PATH = '/api/health/recorder';

test('how recordings are protected is told to those who answer for them, and to nobody else', async () => {
  await using directory = await tempDirectory();
  await using objects = await openObjects({
    ...{ directory: directory.path, files: nodeFiles, clock: systemClock, log: createLog('silent'), limits: LIMITS },
    ...{ storage: { kind: 'file', immutable: false }, role: 'owner', credentials: null },
  });
  await using site = await web({ protection: () => objects.protection() });
  for (const name of ['aoki', 'tanaka'] as const) {
    const { status, code } = await (await site.as(name)).get(PATH);
    expect({ name, status, code }).toEqual({ name, status: 403, code: 'not_permitted' });
  }
  for (const name of ['suzuki', 'kimura', 'yamada'] as const) {
    const { status, body } = await (await site.as(name)).get(PATH);
    expect({ name, status, body }).toEqual({
      name,
      status: 200,
      body: { protection: { mode: 'detected', detail: 'files_read_only' } },
    });
  }
});
