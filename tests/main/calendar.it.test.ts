/** The company's own holidays: read from a file, and refused rather than guessed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadFlow } from '../../main/calendar.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const LADDER = { remind: 120, substitutes: 240, second_line: 540 };
const flow = (holidaysFile: string | null, japaneseHolidays = true) => ({
  flow: {
    ...{ zone: 'Asia/Tokyo', opensMinutes: 540, closesMinutes: 1_080, japaneseHolidays, holidaysFile },
    ...{ ladder: LADDER, ladders: { crm: LADDER }, upkeepSeconds: 30 },
  },
});

describe('the business calendar', () => {
  test.each(['29.12.2026', '2026-02-30', '2026-12'])('refuses %s as a day', async (line) => {
    await using directory = await tempDirectory();
    const file = join(directory.path, 'holidays');
    await writeFile(file, `2026-12-29\n${line}`);
    await expect(loadFlow(flow(file))).rejects.toThrow('line 2');
  });

  test('refuses a file that is not there', async () => {
    await expect(loadFlow(flow('/nowhere/holidays'))).rejects.toMatchObject({ code: 'config_invalid' });
  });

  test('has the holidays of Japan and of the company', async () => {
    await using directory = await tempDirectory();
    const file = join(directory.path, 'holidays');
    await writeFile(file, '# year-end\n2026-12-29 # closed\n\n2026-12-30\n');
    const { calendar, ladders } = await loadFlow(flow(file));
    expect(['2026-05-04', '2026-12-29', '2026-12-30', '2026-12-28'].map((day) => calendar.holidays.has(day))).toEqual([
      ...[true, true, true, false],
    ]);
    expect([...ladders.keys()]).toEqual(['crm']);
    expect((await loadFlow(flow(null, false))).calendar.holidays.size).toBe(0);
  });
});
