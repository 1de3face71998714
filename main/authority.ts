/** `sekisho authority`: the public lines of the gateway's certificate authorities, from the data directory alone. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError, hasErrno } from '../foundation/index.ts';
import { hostAuthorityLine } from '../gateway/index.ts';
import { announceKey, forgetKey, loadCertificateAuthority, switchKey } from '../identity/index.ts';
import { AGENT_LINE_FILE } from './authority-events.ts';
import { type MessageKey, message } from '../messages/index.ts';

const COMMENT = 'sekisho';
const STEPS = {
  announce: { act: announceKey, says: 'authority.announced' },
  switch: { act: switchKey, says: 'authority.switched' },
  forget: { act: forgetKey, says: 'authority.forgotten' },
} as const;
/** The host authority is in every client's known_hosts, which nobody here can write. */
const ROTATED = ['user', 'login'];

interface Kind {
  readonly file: string;
  readonly says: MessageKey;
  readonly line: (publicKeyLine: string) => string;
}

const USER_FILE = 'user_ca_ed25519.pem';

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['user', { file: USER_FILE, says: 'authority.user', line: (line) => `${line} ${COMMENT}` }],
  ['host', { file: 'host_ca_ed25519.pem', says: 'authority.host', line: (line) => hostAuthorityLine(line) }],
  ['login', { file: 'login_ca_ed25519.pem', says: 'authority.login', line: (line) => `${line} ${COMMENT} login` }],
]);

/**
 * Prints the line of the one kind that is named, so that it can be sent straight into a file; without a name all of
 * them, each below a comment that says where it belongs. Makes no key: one made by accident would be believed nowhere.
 * @throws {GatewayError} `request_invalid`, `not_found`, `start_refused` when a key cannot be used.
 */
export async function runAuthority(
  dataDirectory: string,
  names: readonly string[],
  language: 'en' | 'ja',
): Promise<number> {
  if (names[0] === 'rotate') return rotate(dataDirectory, names.slice(1), language);
  const [name, ...more] = names;
  const named = name === undefined ? undefined : KINDS.get(name);
  if (more.length > 0 || (name !== undefined && named === undefined)) {
    throw new GatewayError('request_invalid', 'Name one authority or none: sekisho authority user|host|login');
  }
  const lines = [];
  for (const kind of named === undefined ? KINDS.values() : [named]) {
    if (named === undefined) lines.push(`# ${message(language, kind.says)}`);
    lines.push(...(await linesOf(join(dataDirectory, 'keys'), kind.file)).map((line) => kind.line(line)));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** The line of a key that lies in an agent stands first: it signs. */
async function linesOf(directory: string, file: string): Promise<readonly string[]> {
  const path = join(directory, file);
  if (file !== USER_FILE) return trustedLines(path);
  const agent = await readFile(join(directory, AGENT_LINE_FILE), 'utf8').catch(() => undefined);
  if (agent === undefined) return trustedLines(path);
  const files = await trustedLines(path).catch((): readonly string[] => []); // There need be none beside it.
  return [agent.trimEnd(), ...files];
}

async function trustedLines(path: string): Promise<readonly string[]> {
  await access(path).catch((thrown: unknown) => {
    if (!hasErrno(thrown, 'ENOENT')) throw new GatewayError('start_refused', `${path} cannot be read by this user.`);
    throw new GatewayError('not_found', `There is no ${path} yet: the first start of the gateway makes it.`);
  });
  return (await loadCertificateAuthority(path)).trustedLines;
}

/** One step of an exchange of keys with an overlap; each says what is to be done before the next. */
async function rotate(dataDirectory: string, words: readonly string[], language: 'en' | 'ja'): Promise<number> {
  const [name = '', word = '', ...more] = words;
  const kind = ROTATED.includes(name) ? KINDS.get(name) : undefined;
  const step = Object.entries(STEPS).find(([one]) => one === word)?.[1];
  if (kind === undefined || step === undefined || more.length > 0) {
    const usage = `sekisho authority rotate ${ROTATED.join('|')} ${Object.keys(STEPS).join('|')}`;
    throw new GatewayError('request_invalid', usage);
  }
  const path = join(dataDirectory, 'keys', kind.file);
  await trustedLines(path); // Makes no first key: there is nothing to exchange before the first start.
  await step.act(path);
  const lines = (await trustedLines(path)).map((line) => kind.line(line));
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stderr.write(`${message(language, step.says)}\n`);
  return 0;
}
