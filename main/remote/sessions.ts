/** `sekisho targets`, `sessions` and `replay`: what one may reach, what was done, and what was seen. */
import { z } from 'zod';
import { message } from '../../messages/index.ts';
import type { RemoteGateway } from './gateway.ts';
import { Sessions, Targets } from './model.ts';
import { line, print, printJson, shown, table } from './show.ts';

const Part = z.looseObject({
  lines: z.array(z.looseObject({ at: z.number(), kind: z.string(), text: z.string() })),
  next: z.number().nullable(),
});
const named = z.looseObject({ name: z.string() });
const Listed = Sessions.extend({
  sessions: z.array(
    z.looseObject({
      ...{ id: z.uuid(), openedAt: z.string(), closedAt: z.string().nullable(), kind: z.string() },
      ...{ person: named, target: named, command: z.string().nullable(), refusals: z.number() },
    }),
  ),
});

export async function targets(gateway: RemoteGateway, json: boolean): Promise<void> {
  const found = (await gateway.get('/targets', Targets)).targets;
  const rows = found.map((one) => [
    ...[one.loginName, gateway.language === 'ja' ? one.systemTitle.ja : one.systemTitle.en].map(line),
    ...[one.account, one.mode, one.actions.join(','), one.expiresAt].map(line),
  ]);
  if (json) printJson({ targets: found });
  else print(rows.length === 0 ? message(gateway.language, 'cli.no_targets') : table(rows));
}

export async function sessions(gateway: RemoteGateway, asked: { all: boolean; json: boolean }): Promise<void> {
  const { sessions: found, next } = await gateway.get(`/sessions?box=${asked.all ? 'all' : 'mine'}`, Listed);
  const rows = found.map((one) => [
    ...[one.id, one.openedAt, one.person.name, one.target.name, one.kind].map(line),
    ...[one.closedAt ?? message(gateway.language, 'cli.going_on'), line(one.command ?? '')],
  ]);
  if (asked.json) printJson({ sessions: found, next });
  else print(rows.length === 0 ? message(gateway.language, 'cli.no_sessions') : table(rows));
}

/** The transcript of a sealed session, to be read. That it was looked at is an event, like a replay in the console. */
export async function replay(gateway: RemoteGateway, id: string, json: boolean): Promise<void> {
  for (let part: number | null = 0; part !== null; ) {
    const read: z.output<typeof Part> = await gateway.get(
      `/sessions/${encodeURIComponent(id)}/transcript?part=${part}`,
      Part,
    );
    for (const { at, kind, text } of read.lines) {
      if (json) process.stdout.write(`${JSON.stringify({ at, kind, text })}\n`);
      else print(`${clockOf(at)} ${kind === 'screen' ? '' : `[${kind}] `}${shown(text)}`);
    }
    part = read.next;
  }
}

/** Of milliseconds since the session began. */
function clockOf(at: number): string {
  const seconds = Math.floor(at / 1_000);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
