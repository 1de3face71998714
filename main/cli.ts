/** The command `sekisho`. Each subcommand answers with an exit status and says on stderr what to do next. */
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/index.ts';
import { createLog, GatewayError } from '../foundation/index.ts';
import { runAuthority } from './authority.ts';
import { HELP } from './help.ts';
import { runLogin } from './login/login.ts';
import { runLogout } from './login/logout.ts';
import { isRemoteCommand, runRemote } from './remote/run.ts';
import { runReload } from './reload.ts';
import { serve } from './serve.ts';
import { locale, runVerify } from './verify.ts';
import { VERSION } from './version.ts';

const PROGRAM = new URL(import.meta.url.includes('/dist/main/') ? '../../' : '../', import.meta.url).pathname;

const ALIASES = new Map([
  ['--version', 'version'],
  ['--help', 'help'],
  ['-h', 'help'],
]);

export async function run(argv: readonly string[]): Promise<number> {
  const [command = 'help', ...rest] = argv;
  try {
    return await dispatch(command, rest);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    const cause = thrown.cause instanceof Error ? ` (${thrown.cause.message})` : '';
    process.stderr.write(`sekisho: ${thrown.message}${cause} [${thrown.code}]\n`);
    return 1;
  }
}

/** Commands that read their own arguments. */
const COMMANDS: ReadonlyMap<string, (rest: string[]) => Promise<number>> = new Map([
  ['verify', verify],
  ['bundle', bundle],
  ['judge', judge],
  ['rejudge', rejudge],
  ['doctor', doctor],
  ['witness', witness],
  ['log', adoptLog],
  ['keys', keys],
  ['scim-token', scimToken],
  ['search', search],
  ['lock', lock],
]);

async function dispatch(command: string, rest: string[]): Promise<number> {
  const known = COMMANDS.get(command);
  if (known !== undefined) return known(rest);
  if (isRemoteCommand(command)) return runRemote(command, rest, locale());
  switch (ALIASES.get(command) ?? command) {
    case 'serve': {
      read(rest, {});
      const load = (): ReturnType<typeof loadConfig> => loadConfig({ programDirectory: PROGRAM });
      const config = await load();
      return serve(config, createLog(config.logLevel), load);
    }
    case 'reload':
      read(rest, {});
      return runReload((await loadConfig({ programDirectory: PROGRAM })).dataDirectory);
    case 'tour': {
      const { values } = read(rest, { exit: { type: 'boolean' } });
      // The demo room comes with it: no other command loads a line of it.
      const { runTour } = await import('./tour/index.ts');
      return runTour(await loadConfig({ programDirectory: PROGRAM }), { exit: values['exit'] === true });
    }
    case 'authority': {
      const { values, positionals } = read(rest, { data: { type: 'string' } });
      return runAuthority(await dataDirectory(values['data']), positionals, locale());
    }
    case 'login': {
      const { values, positionals } = read(rest, { directory: { type: 'string' }, write: { type: 'boolean' } });
      const [url, ...more] = positionals;
      if (more.length > 0) throw new GatewayError('request_invalid', 'Name one gateway: sekisho login https://…');
      return runLogin({ url, directory: textOf(values['directory']), write: values['write'] === true });
    }
    case 'logout': {
      const { values } = read(rest, { directory: { type: 'string' } });
      return runLogout({ directory: textOf(values['directory']) });
    }
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return 0;
    case 'help':
      process.stdout.write(HELP);
      return 0;
    default:
      process.stderr.write(`sekisho: there is no command "${command}".\n\n${HELP}`);
      return 2;
  }
}

async function search(rest: string[]): Promise<number> {
  const { values, positionals } = read(rest, { data: { type: 'string' } });
  const { runSearch } = await import('./derived.ts');
  return runSearch(await dataDirectory(values['data']), positionals);
}

async function verify(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const many = { type: 'string', multiple: true } as const;
  const { values, positionals } = read(rest, {
    ...{ identity: text, data: text, policy: text, from: text, to: text },
    ...{ held: many, submitter: many, session: many, json: { type: 'boolean' } },
  });
  const [named, ...more] = positionals;
  if (named?.endsWith('.zip') !== true) {
    const data = textOf(values['data']);
    const config = data === undefined ? await loadConfig({ programDirectory: PROGRAM }) : undefined;
    return runVerify({
      ...{ dataDirectory: data ?? config?.dataDirectory ?? '', sessions: positionals, place: config },
      ...{ identity: textOf(values['identity']), policy: textOf(values['policy']), json: values['json'] === true },
    });
  }
  if (more.length > 0) throw new GatewayError('request_invalid', 'Name one bundle: sekisho verify BUNDLE.zip');
  const { runVerifyBundle } = await import('./verify-bundle.ts');
  return runVerifyBundle({
    ...{ bundle: named, policy: textOf(values['policy']), from: textOf(values['from']), to: textOf(values['to']) },
    ...{
      held: textsOf(values['held']),
      submitters: textsOf(values['submitter']),
      sessions: textsOf(values['session']),
    },
    ...{ json: values['json'] === true, locale: locale() },
  });
}

async function bundle(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const many = { type: 'string', multiple: true } as const;
  const { values, positionals } = read(rest, {
    ...{ out: text, ticket: text, from: text, to: text, identity: text, policy: text, data: text },
    ...{ session: many, recipient: many, screen: { type: 'boolean' } },
  });
  if (positionals.length > 0) throw new GatewayError('request_invalid', 'Only options: sekisho bundle --session ID');
  const data = textOf(values['data']);
  const config = data === undefined ? await loadConfig({ programDirectory: PROGRAM }) : undefined;
  const { runBundle } = await import('./bundle/index.ts');
  return runBundle({
    ...{ dataDirectory: data ?? config?.dataDirectory ?? '', database: config?.database.url ?? null },
    ...{ log: createLog('silent'), programDirectory: PROGRAM, locale: locale(), screenOnly: values['screen'] === true },
    ...{ sessions: textsOf(values['session']), recipients: textsOf(values['recipient']) },
    ...{ ticket: textOf(values['ticket']), from: textOf(values['from']), to: textOf(values['to']) },
    ...{ identity: textOf(values['identity']), policy: textOf(values['policy']), out: textOf(values['out']) },
    place: config,
  });
}

async function lock(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = read(rest, { reason: text, until: text, lift: text, list: { type: 'boolean' } });
  const { runLock } = await import('./lock.ts');
  return runLock(await loadConfig({ programDirectory: PROGRAM }), {
    ...{ words: positionals, list: values['list'] === true, lift: textOf(values['lift']) },
    ...{ reason: textOf(values['reason']), until: textOf(values['until']) },
  });
}

async function scimToken(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = read(rest, { label: text, revoke: text, list: { type: 'boolean' } });
  const { runScimToken } = await import('./scim-token.ts');
  const revoke = textOf(values['revoke']);
  const action = values['list'] === true ? 'list' : revoke === undefined ? 'create' : 'revoke';
  const config = await loadConfig({ programDirectory: PROGRAM });
  return runScimToken(config, { action, subject: revoke ?? positionals[0], label: textOf(values['label']) });
}

async function keys(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = read(rest, { as: text, reason: text, basis: text, stream: text, identity: text });
  const { runKeys } = await import('./keys/index.ts');
  const options = {
    ...{ words: positionals, language: locale() },
    ...{ as: textOf(values['as']), reason: textOf(values['reason']), basis: textOf(values['basis']) },
    ...{ stream: textOf(values['stream']), identity: textOf(values['identity']) },
  };
  return runKeys(options, await loadConfig({ programDirectory: PROGRAM }));
}

async function doctor(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = read(rest, {
    ...{ person: text, 'as-maintainer': text, directory: text },
    json: { type: 'boolean' },
  });
  if (positionals.length > 0) throw new GatewayError('request_invalid', 'Only options: sekisho doctor --person LOGIN');
  const { runDoctor } = await import('./doctor/index.ts');
  const options = {
    json: values['json'] === true,
    locale: locale(),
    person: textOf(values['person']),
    asMaintainer: textOf(values['as-maintainer']),
    directory: textOf(values['directory']),
  };
  return runDoctor(options, () => loadConfig({ programDirectory: PROGRAM }));
}

async function adoptLog(rest: string[]): Promise<number> {
  const { positionals } = read(rest, {});
  if (positionals.join(' ') !== 'adopt') throw new GatewayError('request_invalid', 'sekisho log adopt');
  const { runAdopt } = await import('./adopt-log.ts');
  return runAdopt(await loadConfig({ programDirectory: PROGRAM }));
}

async function witness(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = read(rest, {
    listen: text,
    state: text,
    name: text,
    log: { ...text, multiple: true },
    logs: text,
  });
  const { runWitness } = await import('./witness/index.ts');
  const named = values['log'];
  return runWitness({
    listen: textOf(values['listen']),
    state: textOf(values['state']),
    name: textOf(values['name']),
    logs: Array.isArray(named) ? named.filter((value) => typeof value === 'string') : [],
    file: textOf(values['logs']),
  });
}

async function judge(rest: string[]): Promise<number> {
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = read(rest, { policy: { type: 'string' }, jsonl: flag, json: flag, sql: flag });
  const { runJudge } = await import('./judge/index.ts');
  return runJudge({
    policy: textOf(values['policy']),
    commands: positionals,
    jsonl: values['jsonl'] === true,
    json: values['json'] === true,
    sql: values['sql'] === true,
    locale: locale(),
  });
}

async function rejudge(rest: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = read(rest, {
    ...{ policy: text, before: text, data: text, identity: text },
    json: { type: 'boolean' },
  });
  const { runRejudge } = await import('./judge/index.ts');
  const data = textOf(values['data']);
  const config = data === undefined ? await loadConfig({ programDirectory: PROGRAM }) : undefined;
  return runRejudge({
    sessions: positionals,
    policy: textOf(values['policy']),
    before: textOf(values['before']),
    dataDirectory: data ?? config?.dataDirectory ?? '',
    identity: textOf(values['identity']) ?? config?.recorder.replayIdentity ?? undefined,
    place: config,
    database: config?.database.url ?? null,
    json: values['json'] === true,
    locale: locale(),
  });
}

/** Who verifies or only prints may have the files and nothing else: no configuration, no secret, no database. */
async function dataDirectory(named: unknown): Promise<string> {
  return textOf(named) ?? (await loadConfig({ programDirectory: PROGRAM })).dataDirectory;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];

function read(args: string[], options: Record<string, { type: 'boolean' | 'string'; multiple?: boolean }>) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new GatewayError('request_invalid', cause instanceof Error ? cause.message : 'The arguments cannot be read.');
  }
}
