/** A directory for each script, as the target's account sees it and as the maintainer's user: the scripts are both. */
import { chmod, chown, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must, ROOT, type Ran, run } from '../../../bench/world/run.ts';
import type { World } from '../../../bench/world/world.ts';
import { MAINTAINER_LEG } from '../../../gateway/ssh/algorithms.ts';
import type { Cut, Planned } from './openssh-regress-plan.ts';

const LOGIN = 'bench-recorded';
const PRELUDE = join(ROOT, 'tests/e2e/support/openssh-regress.sh');
const PROGRAMS = ['ssh', 'scp', 'sftp', 'sshKeygen', 'sshAdd', 'sshAgent'] as const;
const LIMIT_MS = 240_000;
const DATA_BYTES = 320_000;

/** The scripts of the release, without their prelude. */
export async function scriptsOf(regress: string): Promise<string[]> {
  const names = await readdir(regress);
  return names.filter((name) => name.endsWith('.sh')).map((name) => name.slice(0, -3));
}

/** Runs one script as the account whose home the target shares. */
export async function runScript(world: World, regress: string, planned: Planned): Promise<Ran> {
  const directory = join(world.directory, `regress-${planned.name}`);
  const at = (...names: string[]): string => join(directory, ...names);
  const { uid, gid } = await stat(world.account.home);
  for (const name of ['', 'bin', 'src', 'offered']) await mkdir(at(name), { recursive: true });
  await copyFile(PRELUDE, at('prelude.sh'));
  await writeFile(at('src', `${planned.name}.sh`), await prepared(regress, planned));
  await copyFile(join(regress, 'scp-ssh-wrapper.sh'), at('src', 'their-scp-ssh-wrapper.sh'));
  await placePrograms(world, at);
  await writeOffered(at);
  await copyFile(join(world.directory, 'chen'), at('key'));
  await writeFile(at('known_hosts'), `localhost-with-alias,127.0.0.1,::1 ${world.gateway.hostKeyLine}\n`);
  const config = sshConfig(world.gateway.sshPort, directory);
  for (const name of ['ssh_config', 'ssh_proxy', 'ssh_config_config']) await writeFile(at(name), config);
  await chmod(at('key'), 0o600);
  await must('chown', ['-R', `${uid}:${gid}`, directory]);
  await chown(directory, uid, gid);
  const env = {
    ...{ PATH: '/usr/bin:/bin:/usr/sbin', HOME: world.account.home, TERM: 'xterm', LANG: 'C.UTF-8' },
    ...{ REGRESS_LOGIN: LOGIN, REGRESS_PORT: String(world.gateway.sshPort) },
    REGRESS_DATA_BYTES: String(planned.dataBytes ?? DATA_BYTES),
  };
  const words = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '/bin/sh', at('prelude.sh'), directory];
  return run('setpriv', [...words, at('src', `${planned.name}.sh`)], { cwd: directory, env, timeoutMs: LIMIT_MS });
}

async function prepared(regress: string, { name, cuts = [], words = [] }: Planned): Promise<string> {
  const whole = await readFile(join(regress, `${name}.sh`), 'utf8');
  const rest = cuts.reduce((text, one) => cut(name, text, one), whole);
  return words.reduce((text, [from, to]) => text.replaceAll(from, to), rest);
}

/** @throws when a release no longer has the lines: a cut must not grow or vanish unseen. */
function cut(name: string, text: string, { from, to }: Cut): string {
  const begin = text.indexOf(`\n${from}`);
  const end = begin === -1 ? -1 : text.indexOf(`\n${to}`, begin);
  if (end === -1) throw new Error(`${name}.sh has no lines from ${from} to ${to}`);
  return text.slice(0, begin) + text.slice(end);
}

/** The account may not pass through the directory of root where they were built. */
async function placePrograms({ openSsh }: World, at: (...names: string[]) => string): Promise<void> {
  const sources = [...PROGRAMS.map((name) => openSsh[name]), join(dirname(openSsh.sshKeygen), 'ssh-keyscan')];
  for (const source of sources) {
    const copy = at('bin', source.split('/').at(-1) ?? '');
    await copyFile(source, copy);
    await chmod(copy, 0o755);
  }
}

async function writeOffered(at: (...names: string[]) => string): Promise<void> {
  const { cipher, hmac, kex } = MAINTAINER_LEG;
  for (const [name, list] of Object.entries({ cipher, mac: hmac, kex })) {
    await writeFile(at('offered', name), `${Array.isArray(list) ? list.join('\n') : ''}\n`);
  }
}

function sshConfig(port: number, directory: string): string {
  // Tabs as in the scripts' own: some look for them.
  const settings = {
    Hostname: '127.0.0.1',
    HostKeyAlias: 'localhost-with-alias',
    Port: port,
    User: LOGIN,
    GlobalKnownHostsFile: `${directory}/known_hosts`,
    UserKnownHostsFile: `${directory}/known_hosts`,
    IdentityFile: `${directory}/key`,
    PasswordAuthentication: 'no',
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    LogLevel: 'DEBUG3',
  };
  const lines = Object.entries(settings).map(([name, value]) => `\t${name}\t${value}`);
  return `Host *\n${lines.join('\n')}\n`;
}
