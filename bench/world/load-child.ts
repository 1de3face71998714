/** Many light clients in one process: they connect as one person, run `true`, or keep a terminal open and type. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import '../../gateway/ssh/library/ssh2.ts'; // Gives the library its post-quantum key exchange.
import type { LoadAnswer, LoadCommand, LoadSettings } from './load.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as LoadSettings;
const privateKey = readFileSync(settings.key);
const KEY = '~';
/** Loopback has many addresses; the door counts those who wait by address. */
const ADDRESSES = 200;

interface Terminal {
  readonly client: ssh2.Client;
  readonly channel: ssh2.ClientChannel;
  /** When each key without an echo yet was typed. */
  readonly waiting: number[];
  isLost: boolean;
}

const terminals: Terminal[] = [];
const echoes: number[] = [];
let dialled = 0;

async function signIn(): Promise<ssh2.Client> {
  dialled += 1;
  const localAddress = `127.0.0.${2 + (dialled % ADDRESSES)}`;
  const sock = connect({ host: '127.0.0.1', port: settings.port, localAddress, noDelay: true });
  const client = new ssh2.Client();
  client.on('error', () => undefined); // More than one may come; the first is told by `ready`.
  const ready = once(client, 'ready');
  client.on('close', () => client.emit('error', new Error('closed before it was ready')));
  client.connect({
    sock,
    username: settings.user,
    privateKey,
    hostVerifier: () => true,
    readyTimeout: 60_000,
    algorithms: {
      kex: settings.kex as ssh2.KexAlgorithm[],
      cipher: ['aes128-gcm@openssh.com'],
      serverHostKey: ['ssh-ed25519'],
      compress: ['none'],
    },
  });
  await ready;
  return client;
}

async function runTrue(): Promise<void> {
  const client = await signIn();
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      client.once('close', () => reject(new Error('closed before its end')));
      client.exec('true', (error, channel) => {
        if (error !== undefined) reject(error);
        else channel.once('exit', resolve).resume();
      });
    });
    if (status !== 0) throw new Error(`status ${String(status)}`);
  } finally {
    client.end();
  }
}

async function openTerminal(): Promise<void> {
  const client = await signIn();
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
    client.shell({ term: 'vt100', cols: 80, rows: 24 }, (error, opened) => {
      if (error !== undefined) reject(error);
      else resolve(opened);
    });
  });
  const terminal: Terminal = { client, channel, waiting: [], isLost: false };
  channel.on('error', () => undefined);
  channel.on('close', () => {
    terminal.isLost = true;
  });
  channel.on('data', (bytes: Buffer) => {
    for (const byte of bytes) {
      if (byte !== KEY.charCodeAt(0)) continue;
      const typed = terminal.waiting.shift();
      if (typed !== undefined) echoes.push(performance.now() - typed);
    }
  });
  type(terminal);
  const limit = performance.now() + 60_000;
  while (terminal.waiting.length > 0) {
    if (terminal.isLost || performance.now() > limit) throw new Error('the terminal never echoed');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  terminals.push(terminal);
}

function type(terminal: Terminal): void {
  terminal.waiting.push(performance.now());
  terminal.channel.write(KEY);
}

/** `count` pieces of work, `atOnce` of them under way. */
async function many(count: number, atOnce: number, work: () => Promise<void>): Promise<LoadAnswer> {
  const start = performance.now();
  const failures = new Map<string, number>();
  let begun = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      try {
        await work();
        done += 1;
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        failures.set(why, (failures.get(why) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { done, failures: Object.fromEntries(failures), seconds: (performance.now() - start) / 1_000, echoes: [] };
}

/** Keys over all terminals in turn, `perSecond` of them, for `seconds`; then a while for the last echoes. */
async function typeOnAll(perSecond: number, seconds: number): Promise<LoadAnswer> {
  echoes.length = 0;
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < seconds * 1_000) {
    const due = Math.floor(((performance.now() - start) * perSecond) / 1_000);
    for (; sent < due; sent += 1) {
      const terminal = terminals[sent % terminals.length];
      if (terminal !== undefined) type(terminal);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const limit = performance.now() + 20_000;
  while (echoes.length < sent && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
  const lost = sent - echoes.length;
  return { done: echoes.length, failures: lost === 0 ? {} : { lost }, seconds, echoes: [...echoes] };
}

async function answer(command: LoadCommand): Promise<LoadAnswer> {
  switch (command.do) {
    case 'connect':
      return many(command.count, command.atOnce, runTrue);
    case 'open':
      return many(command.count, command.atOnce, openTerminal);
    case 'type':
      return typeOnAll(command.perSecond, command.seconds);
    case 'close': {
      for (const { client } of terminals.splice(0)) client.end();
      return { done: 0, failures: {}, seconds: 0, echoes: [] };
    }
  }
}

process.on('message', (command: LoadCommand) => {
  void answer(command).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
process.stdout.write('ready\n');
