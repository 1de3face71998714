import { createHash, randomBytes } from 'node:crypto';
import { spawn as spawnProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Socket } from 'node:net';
import { type IPty, spawn } from 'node-pty';
import { waitFor } from '../support/wait-for.ts';
import { run, type TargetUnderTest, targetUnderTest } from './support.ts';

let under: TargetUnderTest;

beforeAll(async () => {
  under = await targetUnderTest();
});
afterAll(async () => {
  await under[Symbol.asyncDispose]();
});

/** The real OpenSSH client in a real terminal. */
class Terminal {
  readonly #pty: IPty;
  readonly #stream: Socket;
  readonly ended: Promise<number>;
  #text = '';

  constructor(words: readonly string[], size = { cols: 90, rows: 30 }) {
    this.#pty = spawn('ssh', [...words], {
      name: 'xterm-256color',
      ...size,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8' },
      encoding: null,
    });
    const stream: unknown = Reflect.get(this.#pty, '_socket');
    if (!(stream instanceof Socket)) throw new Error('node-pty keeps its socket in _socket');
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('utf8');
    });
    this.ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  type(text: string): void {
    this.#stream.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  /** Waits for the text to be shown and forgets everything up to its end. */
  async shows(wanted: string): Promise<void> {
    await waitFor(`${wanted} on the screen, where there is ${this.#text}`, () => this.#text.includes(wanted));
    this.#text = this.#text.slice(this.#text.indexOf(wanted) + wanted.length);
  }
}

const PROMPT = 'aoki@crm-db:~$ ';

describe('an interactive shell', () => {
  test('greets with the account and the host, and ends with the status of exit', async () => {
    const terminal = new Terminal(under.sshWords([]));
    await terminal.shows(PROMPT);
    terminal.type('exit 4\r');
    expect(await terminal.ended).toBe(4);
  });

  test('knows its size and follows a resize', async () => {
    const terminal = new Terminal(under.sshWords([]));
    await terminal.shows(PROMPT);
    terminal.type('stty size\r');
    await terminal.shows('30 90\r\n');
    await terminal.shows(PROMPT);
    terminal.type("trap 'stty size' WINCH\r");
    await terminal.shows(PROMPT);
    terminal.resize(120, 40);
    await terminal.shows('40 120\r\n');
    terminal.type('exit\r');
    expect(await terminal.ended).toBe(0);
  });

  test('shows Japanese text, typed and printed, and erases a whole character', async () => {
    const terminal = new Terminal(under.sshWords([]));
    await terminal.shows(PROMPT);
    terminal.type('echo 顧客\r');
    await terminal.shows('\r顧客\r\n');
    await terminal.shows(PROMPT);
    terminal.type('cat\r');
    await terminal.shows('\r\n');
    terminal.type('顧客管\x7f理\r');
    await terminal.shows('\r\n顧客理\r\n');
    terminal.type('\x04');
    await terminal.shows(PROMPT);
    terminal.type('exit\r');
    await terminal.ended;
  });

  test('stops what runs at ^C and goes on', async () => {
    const terminal = new Terminal(under.sshWords([]));
    await terminal.shows(PROMPT);
    // The program itself says that it runs: a ^C between two commands of a list may meet the shell with neither.
    terminal.type("sh -c 'echo started; exec sleep 600'\r");
    await terminal.shows('\rstarted\r\n');
    terminal.type('\x03');
    await terminal.shows('^C');
    await terminal.shows(PROMPT);
    terminal.type('echo $?\r');
    await terminal.shows('\r130\r\n');
    terminal.type('exit\r');
    expect(await terminal.ended).toBe(0);
  });

  test('has a terminal that the account may open by itself', async () => {
    const terminal = new Terminal(under.sshWords([]));
    await terminal.shows(PROMPT);
    terminal.type('echo by name > "$(tty)"; tty; echo $TERM\r');
    await terminal.shows('\rby name\r\n');
    await terminal.shows('/dev/pts/');
    await terminal.shows('\r\nxterm-256color\r\n');
    terminal.type('exit\r');
    await terminal.ended;
  });

  test('is hung up with everything in it when the client goes away', async () => {
    const mark = `8${randomBytes(3).readUIntBE(0, 3)}`;
    const client = spawnProcess('ssh', [...under.sshWords(['-tt']), `sleep ${mark} & sleep ${mark}`], {
      stdio: 'pipe',
    });
    const asleep = async (): Promise<boolean> => (await run('pgrep', ['-f', `^sleep ${mark}`])).code === 0;
    await waitFor('the commands to run', asleep);
    client.kill('SIGKILL');
    await waitFor('the commands to end', async () => !(await asleep()));
  });
});

describe('a command in a terminal', () => {
  test('gives its exit status, and both streams are one', async () => {
    const { code, stdout } = await under.ssh(['echo out; echo err >&2; exit 5'], { options: ['-tt'] });
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'out\r\nerr\r\n' });
  });

  test('loses nothing of its last output to a slow reader', async () => {
    const count = 1_500_000;
    const client = spawnProcess('ssh', [...under.sshWords(['-tt']), `seq 1 ${count}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Nothing is read before every buffer on the way is full and the command cannot go on.
    let written = '';
    await waitFor('the command to be held', async () => {
      const before = written;
      written = await bytesWrittenBy(`^seq 1 ${count}`);
      return written !== '' && written === before;
    });
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of client.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      hash.update(chunk);
    }
    const wanted = Array.from({ length: count }, (_, at) => `${at + 1}\r\n`).join('');
    expect(bytes).toBe(wanted.length);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(wanted).digest('hex'));
  });

  test('loses nothing of its last output when it ends in haste', async () => {
    const wanted = Array.from({ length: 30_000 }, (_, at) => `${at + 1}\r\n`).join('');
    for (let round = 0; round < 5; round++) {
      const { stdout } = await under.ssh(['seq 1 30000'], { options: ['-tt'] });
      expect(stdout.length).toBe(wanted.length);
    }
  });
});

/** How much a running command has written (proc(5), `wchar`); empty while there is none. */
async function bytesWrittenBy(pattern: string): Promise<string> {
  const [pid = ''] = (await run('pgrep', ['-f', pattern])).stdout.split('\n');
  if (pid === '') return '';
  const text = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
  return /wchar: (\d+)/.exec(text)?.[1] ?? '';
}
