/** The business calendar and the ladders, as the configuration has them. */
import { readFile } from 'node:fs/promises';
import holidayJp from '@holiday-jp/holiday_jp';
import type { FlowSettings } from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import { asError, GatewayError } from '../foundation/index.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @throws {GatewayError} `config_invalid`: the file of holidays cannot be read, or a line of it is no day. */
export async function loadFlow({ flow }: Pick<Config, 'flow'>): Promise<FlowSettings> {
  const { zone, opensMinutes, closesMinutes, ladder, ladders } = flow;
  const national = flow.japaneseHolidays ? Object.keys(holidayJp.holidays) : [];
  const own = flow.holidaysFile === null ? [] : daysOf(await readHolidays(flow.holidaysFile));
  return {
    calendar: { zone, opensMinutes, closesMinutes, holidays: new Set([...national, ...own]) },
    ladder,
    ladders: new Map(Object.entries(ladders)),
  };
}

async function readHolidays(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    const cause = asError(thrown);
    throw new GatewayError('config_invalid', `flow.holidays_file: ${cause.message}`, { cause });
  }
}

/** The days of a list, one a line. @throws {GatewayError} `config_invalid` naming the line. */
function daysOf(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const day = line.replace(/#.*/, '').trim();
    if (day === '') return [];
    if (!DAY.test(day) || !isDate(day)) {
      throw new GatewayError('config_invalid', `flow.holidays_file: line ${index + 1} is no day like 2026-12-29`);
    }
    return [day];
  });
}

/** 2026-02-30 is none: a day that never comes would be a holiday nobody has. */
function isDate(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
