/** `sekisho login`: a certificate of hours, and the files by which plain ssh uses it. Runs on a maintainer's machine. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, GatewayError, hasCode, systemClock } from '../../foundation/index.ts';
import { certificateIsFor } from '../../identity/index.ts';
import type { MessageKey } from '../../messages/index.ts';
import { type Asked, type Issued, readAsked, readDecided } from './answer.ts';
import { ask, poll, readOrigin } from './calls.ts';
import { configText, knownHostsText } from './files.ts';
import { addInclude, includeLine } from './include.ts';
import { usableKey } from './key.ts';
import { FILES, openPlace, readOwn, removeSshFiles, writeOwn } from './place.ts';
import { say } from './say.ts';

export interface LoginOptions {
  readonly url: string | undefined;
  readonly directory: string | undefined;
  /** Adds the Include line to `~/.ssh/config`. */
  readonly write: boolean;
}

const AGAIN_MS = 1_000;
const SSH_THAT_EXPANDS_USER = 10;

export const sshDirectory = (): string => join(homedir(), '.ssh');
export const placeOf = (directory: string | undefined): string => resolve(directory ?? join(sshDirectory(), 'sekisho'));

export async function runLogin(options: LoginOptions, clock: Clock = systemClock): Promise<number> {
  const directory = placeOf(options.directory);
  await openPlace(directory);
  const origin = readOrigin(options.url ?? (await readOwn(directory, FILES.gateway))?.trim() ?? '');
  const publicKey = await usableKey(directory);
  const asked = readAsked(await ask(origin, publicKey), origin);
  say('login.open', { url: asked.url, code: asked.code });
  const issued = await decided(origin, asked, clock);
  const { certificate } = issued;
  if (certificate !== null && !certificateIsFor(certificate, publicKey, clock.now())) {
    throw new GatewayError('login_answer_refused', 'The certificate is not for the key of this machine.');
  }
  await writeOwn(directory, FILES.token, `${issued.token}\n`);
  await writeOwn(directory, FILES.gateway, `${origin}\n`);
  if (certificate === null) {
    const { person, expiresAt } = issued;
    await removeSshFiles(directory);
    say('login.done_api', { name: person.name, until: expiresAt.toISOString() });
    return 0;
  }
  await writeFiles(directory, { ...issued, certificate });
  await tellDone(issued, directory, options);
  return 0;
}

/** Asks until somebody decided. A gateway that is away for a moment is asked again while the request lives. */
async function decided(origin: string, asked: Asked, clock: Clock): Promise<Issued> {
  while (clock.now() < asked.expiresAt) {
    try {
      const answer = readDecided(await poll(origin, asked.pollToken));
      if (answer.state === 'issued') return answer;
      if (answer.state !== 'pending') break;
      await pause(AGAIN_MS); // A gateway that answers at once must not be asked without end.
    } catch (thrown) {
      if (!hasCode(thrown, 'login_unreachable')) throw thrown;
      await pause(AGAIN_MS);
    }
  }
  throw new GatewayError('login_not_approved');
}

async function writeFiles(directory: string, issued: Issued & { readonly certificate: string }): Promise<void> {
  const at = (file: string): string => join(directory, file);
  const paths = { key: at(FILES.key), certificate: at(FILES.certificate), knownHosts: at(FILES.knownHosts) };
  const config = configText(issued, paths, { doublePercent: (await sshVersion()) >= SSH_THAT_EXPANDS_USER });
  await writeOwn(directory, FILES.certificate, `${issued.certificate} sekisho login\n`);
  await writeOwn(directory, FILES.knownHosts, knownHostsText(issued));
  await writeOwn(directory, FILES.config, config);
}

async function tellDone(issued: Issued, directory: string, { write }: LoginOptions): Promise<void> {
  const { person, expiresAt, targets } = issued;
  say('login.done', { name: person.name, until: expiresAt.toISOString(), targets: targets.length });
  const line = includeLine(directory, sshDirectory());
  let key: MessageKey = 'login.include';
  if (write) key = (await addInclude(line, sshDirectory())) ? 'login.include_added' : 'login.include_there';
  say(key, { line });
  const [first] = targets;
  if (first !== undefined) say('login.try', { name: `${first.name}.${first.systemName}.sekisho` });
}

/** The major version of the ssh on the PATH; 0 when there is none that says. */
function sshVersion(): Promise<number> {
  return new Promise((done) => {
    const child = spawn('ssh', ['-V'], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 5_000 });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1').slice(0, 200);
    });
    child.once('error', () => done(0));
    child.once('close', () => done(Number(/OpenSSH_(?:for_Windows_)?(\d+)\./.exec(text)?.[1] ?? 0)));
  });
}
