/** `sekisho tour`: the main job of the gateway, on this machine, with nothing set up beforehand. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { DEMO_PEOPLE, findSshClient, type SshDestination } from '../../demo/index.ts';
import { createLog, GatewayError } from '../../foundation/index.ts';
import { startAll } from '../all.ts';
import { findFreePort } from '../free-port.ts';
import { untilStopped } from '../until-stopped.ts';
import { hasty } from './escalation.ts';
import { TARGET } from './model.ts';
import { createReport, Surprise } from './report.ts';
import { tellStory } from './story.ts';

const LOOPBACK = '127.0.0.1';
const RELAY_PORT = 2223;

/** @returns 0 when every step returned what the story says, 1 at the first surprise. */
export async function runTour(loaded: Config, options: { exit: boolean }): Promise<number> {
  if (loaded.mode !== 'demo') throw new GatewayError('start_refused', 'The tour runs in demo mode only.');
  const write = (text: string): void => void process.stdout.write(text);
  const began = process.hrtime.bigint();
  const log = createLog('warn');
  const running = await startAll(await withFreePorts(loaded), log);
  let status = 0;
  try {
    const ssh = await findSshClient();
    const directory = join(running.directory.demo, 'tour');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const ms = (process.hrtime.bigint() - began) / 1_000_000n;
    write(`Sekisho is up after ${ms} ms: embedded PostgreSQL, identity provider, customer server, bastion, console.\n`);
    write(`SSH client: ${ssh.name}\n`);
    const { destination } = await tellStory({ running, report: createReport(write), ssh, directory });
    write('\nEvery step returned what it should.\n');
    if (!options.exit) {
      write(invitation(running.publicUrl, destination));
      await untilStopped(running.failed, log);
    }
  } catch (thrown) {
    if (!(thrown instanceof Surprise)) throw thrown;
    process.stderr.write(`\nSURPRISE: ${thrown.message}\n`);
    status = 1;
  } finally {
    await running[Symbol.asyncDispose]();
  }
  return status;
}

/** The configured ports, or free ones where those are taken: a second tour on one machine is no mistake. */
async function withFreePorts(config: Config): Promise<Config> {
  const http = await findFreePort(config.http.host, config.http.port);
  const ssh = await findFreePort(config.ssh.host, config.ssh.port);
  const { relay = { host: LOOPBACK, port: RELAY_PORT, clamav: null } } = config;
  const relayPort = await findFreePort(relay.host, relay.port);
  const sites =
    config.sites === null ? null : { ...config.sites, port: await findFreePort(config.sites.host, config.sites.port) };
  const publicUrl = new URL(config.http.publicUrl);
  if (http !== config.http.port) publicUrl.port = String(http);
  return {
    ...config,
    http: { ...config.http, port: http, publicUrl: publicUrl.origin },
    ssh: { ...config.ssh, port: ssh, advertisedPort: ssh === config.ssh.port ? config.ssh.advertisedPort : ssh },
    relay: { ...relay, port: relayPort },
    flow: hasty(config.flow),
    sites: sites === null || sites.port === config.sites?.port ? config.sites : { ...sites, publicPort: sites.port },
  };
}

function invitation(publicUrl: URL, destination: SshDestination): string {
  const { host, port, keyPath, knownHostsPath } = destination;
  const people = DEMO_PEOPLE.map(
    ({ subject, name, roles }) => `    ${subject.padEnd(8)} ${name} (${roles.join(', ')})`,
  );
  return `
Look around; Ctrl-C ends it.

  Console   ${publicUrl.href}
  Sign in as one of (no password, this is a demonstration):
${people.join('\n')}

  A shell as Aoki:
    ssh -p ${port} -i ${keyPath} -o UserKnownHostsFile=${knownHostsPath} ${TARGET}@${host}
  Without a key the bastion asks you to approve the sign-in in the browser:
    ssh -p ${port} -o PubkeyAuthentication=no ${TARGET}@${host}
`;
}
