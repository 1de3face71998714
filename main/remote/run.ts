/** The commands of a signed-in person. Exit status 0 done, 1 refused or failed, 2 not understood, 3 needs the console. */
import { parseArgs } from 'node:util';
import { GatewayError } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import { request } from './ask.ts';
import { type Language, openGateway, Refused, type RemoteGateway } from './gateway.ts';
import { replay, sessions, targets } from './sessions.ts';
import { type Box, BOXES, decide, listTickets, showTicket } from './tickets.ts';

const CONSOLE_NEEDED = 3;
const USAGE = 2;
const IN_CONSOLE = new Set(['step_up_required', 'console_only']);

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  ...{ directory: text, json: flag, all: flag, box: text, reason: text, digest: text },
  ...{ purpose: text, plan: text, client: text, rows: text, bytes: text },
  ...{ destination: text, recipient: text, hours: text },
} as const;
type Values = ReturnType<typeof read>['values'];

interface Run {
  readonly gateway: RemoteGateway;
  readonly words: readonly string[];
  readonly values: Values;
  readonly json: boolean;
}

/** How many words a command takes, which options, and what it does. */
const COMMANDS: Readonly<
  Record<
    string,
    {
      readonly words: readonly [number, number];
      readonly options: readonly (keyof typeof OPTIONS)[];
      readonly run: (asked: Run) => Promise<number>;
    }
  >
> = {
  targets: { words: [0, 0], options: [], run: ({ gateway, json }) => done(targets(gateway, json)) },
  sessions: {
    ...{ words: [0, 0], options: ['all'] },
    run: ({ gateway, values, json }) => done(sessions(gateway, { all: values.all === true, json })),
  },
  replay: {
    words: [1, 1],
    options: [],
    run: ({ gateway, words, json }) => done(replay(gateway, words[0] ?? '', json)),
  },
  tickets: { words: [0, 1], options: ['box'], run: ticketsOf },
  approve: { words: [1, 1], options: ['reason', 'digest'], run: (asked) => decided('approve', asked) },
  reject: { words: [1, 1], options: ['reason', 'digest'], run: (asked) => decided('reject', asked) },
  request: {
    words: [1, 100],
    options: ['purpose', 'plan', 'client', 'rows', 'bytes', 'destination', 'recipient', 'hours', 'reason'],
    run: ({ gateway, words, values, json }) =>
      done(
        request(gateway, {
          ...{ words, json, plan: values.plan, client: values.client, rows: values.rows, bytes: values.bytes },
          ...{ destination: values.destination, recipient: values.recipient, hours: values.hours },
          purpose: values.purpose ?? values.reason,
        }),
      ),
  },
};

export const isRemoteCommand = (command: string): boolean => Object.hasOwn(COMMANDS, command);

export async function runRemote(command: string, args: readonly string[], language: Language): Promise<number> {
  const known = COMMANDS[command];
  if (known === undefined) return USAGE;
  let gateway: RemoteGateway | undefined;
  try {
    const { values, positionals: words } = read(args);
    const odd = Object.keys(values).find((name) => !['json', 'directory', ...known.options].includes(name));
    const [least, most] = known.words;
    if (odd !== undefined || words.length < least || words.length > most) {
      throw new GatewayError('request_invalid', message(language, 'cli.usage', { command }));
    }
    gateway = await openGateway(values.directory, language);
    return await known.run({ gateway, words, values, json: values.json === true });
  } catch (thrown) {
    return told(thrown, { language, origin: gateway?.origin ?? '' });
  }
}

/** Says what was refused, and where it is done when it cannot be done here. */
function told(thrown: unknown, { language, origin }: { language: Language; origin: string }): number {
  if (thrown instanceof Refused) {
    process.stderr.write(`sekisho: ${thrown.message}\n`);
    if (!IN_CONSOLE.has(thrown.code)) return 1;
    process.stderr.write(`${message(language, 'cli.console', { url: `${origin}/tickets` })}\n`);
    return CONSOLE_NEEDED;
  }
  if (!(thrown instanceof GatewayError)) throw thrown;
  process.stderr.write(`sekisho: ${thrown.message} [${thrown.code}]\n`);
  return thrown.code === 'request_invalid' ? USAGE : 1;
}

async function ticketsOf({ gateway, words, values, json }: Run): Promise<number> {
  const [name] = words;
  const box = BOXES.find((one: Box) => one === (values.box ?? 'mine'));
  if (box === undefined) throw new GatewayError('request_invalid', message(gateway.language, 'cli.box'));
  return done(name === undefined ? listTickets(gateway, { box, json }) : showTicket(gateway, name, json));
}

function decided(decision: 'approve' | 'reject', { gateway, words, values, json }: Run): Promise<number> {
  const { reason, digest } = values;
  if (reason === undefined) throw new GatewayError('request_invalid', message(gateway.language, 'cli.reason'));
  return decide(gateway, words[0] ?? '', { decision, reason, digest, json });
}

async function done(doing: Promise<void>): Promise<number> {
  await doing;
  return 0;
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new GatewayError('request_invalid', cause instanceof Error ? cause.message : 'The arguments cannot be read.');
  }
}
