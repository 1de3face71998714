/** `sekisho witness`: run by an outsider, who keeps of a gateway's logs what was seen of them. */
import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { VerifierKey } from '../../evidence/index.ts';
import { Cleanup, createLog, GatewayError, LIMITS, systemClock } from '../../foundation/index.ts';
import { nodeFiles, openWitness, parseVerifierLine } from '../../recorder/index.ts';
import { holdDirectory } from '../data-directory.ts';
import { startHttpServer } from '../http-server.ts';
import { untilStopped } from '../until-stopped.ts';
import { witnessListener } from './http.ts';

export interface WitnessCommand {
  /** `HOST:PORT`. */
  readonly listen: string | undefined;
  readonly state: string | undefined;
  readonly name: string | undefined;
  /** Verifier keys of logs. */
  readonly logs: readonly string[];
  /** A file of them, one a line; `#` begins a comment. */
  readonly file: string | undefined;
}

export async function runWitness(command: WitnessCommand): Promise<number> {
  if (command.state === undefined || command.listen === undefined)
    throw new GatewayError('request_invalid', 'sekisho witness --listen HOST:PORT --state DIR --log VKEY');
  const address = parseAddress(command.listen);
  const logs = await readLogs(command);
  const directory = resolve(command.state);
  const log = createLog('info');
  const cleanup = new Cleanup();
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    cleanup.use(await holdDirectory(directory));
    const witness = await openWitness({ directory, files: nodeFiles, clock: systemClock, name: command.name, logs });
    const listener = witnessListener({ witness, clock: systemClock, log });
    const { port } = cleanup.use(await startHttpServer(listener, address));
    process.stdout.write(`sekisho: witness http://${address.host}:${port}/  ${witness.verifier}\n`);
    await untilStopped(new AbortController().signal, log);
    return 0;
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

function parseAddress(text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):([0-9]{1,5})$/.exec(text);
  const [, host, port] = match ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535)
    throw new GatewayError('request_invalid', `${text} is no HOST:PORT.`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

async function readLogs({ logs, file }: WitnessCommand): Promise<VerifierKey[]> {
  const listed = file === undefined ? '' : await readFile(file, 'utf8').catch(() => unreadable(file));
  const lines = listed.split('\n').map((line) => line.trim());
  const all = [...logs, ...lines.filter((line) => line !== '' && !line.startsWith('#'))];
  if (all.length === 0 || all.length > LIMITS.witnessLogsMax)
    throw new GatewayError('request_invalid', `Name 1 to ${LIMITS.witnessLogsMax} logs: --log VKEY, or --logs FILE.`);
  return all.map((line) => {
    const verifier = parseVerifierLine(line);
    if (verifier === undefined)
      throw new GatewayError('request_invalid', `${line} is no Ed25519 verifier key of a log.`);
    return verifier;
  });
}

function unreadable(path: string): never {
  throw new GatewayError('request_invalid', `${path} cannot be read.`);
}
