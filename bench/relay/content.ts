/** What systems hand to each other: a table of orders, with a person in some of its lines. No two lines are the same. */
import { open } from 'node:fs/promises';
import { customers } from '../gate/metered/customers.ts';

/** One line in so many tells of a person. */
const PERSON_EVERY = 50;
const LINES_AT_ONCE = 20_000;

export function orders(lines: number, from: number): string {
  return Array.from({ length: lines }, (_, index) => {
    const at = from + index;
    return at % PERSON_EVERY === 0 ? customers(1, at / PERSON_EVERY) : order(at);
  }).join('');
}

function order(at: number): string {
  const amount = (at * 7_919) % 100_000;
  return `${at},A-${at % 1_000},open,${amount},JPY,2026-04-01,2026-05-01,standard,warehouse-${at % 17},none\n`;
}

/** @returns how many bytes there are: at least `bytes`, to the end of a line. */
export async function writeOrders(path: string, bytes: number): Promise<number> {
  await using file = await open(path, 'wx');
  let written = 0;
  for (let from = 0; written < bytes; from += LINES_AT_ONCE) {
    const text = Buffer.from(orders(LINES_AT_ONCE, from));
    await file.write(text);
    written += text.length;
  }
  return written;
}
