/** The statements of a text, each by itself: a server runs the first of them though it cannot read the second. */
import { readingsOf } from './readings.ts';
import { scan } from './scan.ts';

/** The text of each statement of `sql` without commands of its client, under every dialect's reading, each text once. */
export function statementsIn(sql: string): readonly string[] {
  const texts = new Set<string>();
  for (const reading of readingsOf(sql)) {
    let start: number | undefined;
    let end = 0;
    const close = (): void => {
      if (start !== undefined) texts.add(sql.slice(start, end));
      start = undefined;
    };
    for (const token of scan(sql, reading)) {
      if (token.kind === 'meta' || (token.kind === 'symbol' && token.text === ';')) close();
      else {
        start ??= token.start;
        end = token.end;
      }
    }
    close();
  }
  return [...texts];
}
