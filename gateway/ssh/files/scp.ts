/**
 * The old scp protocol, watched from both sides. It keeps step: the sender waits for the receiver's word after each
 * line and each file, so what a byte means is always known. There is no specification but OpenSSH's scp.c.
 */
import { GatewayError, LIMITS } from '../../../foundation/index.ts';
import { isStartupPlace, type Transfer } from '../../../policy/index.ts';
import { Content } from './content.ts';
import type { FileAudit } from './file-audit.ts';
import { nameOf, wirePath } from './paths.ts';

const LINE_FEED = 0x0a;
const OK = 0;
const FATAL = 2;
const FILE = /^C[0-7]{4} (\d{1,16}) (.+)$/s;
const DIRECTORY = /^D[0-7]{4} \d{1,16} (.+)$/s;
const TIMES = /^T\d{1,16} \d{1,6} \d{1,16} \d{1,6}$/;

/** A name that a server or a client uses to write where nobody asked it to. */
export class HostileName extends Error {
  override readonly name = 'HostileName';
  readonly shown: string;

  constructor(shown: string) {
    super('A hostile file name.');
    this.shown = shown;
  }
}

/** A name under which a shell or sshd would run what is written there: past the gate, by the next harmless command. */
export class StartupName extends Error {
  override readonly name = 'StartupName';
  readonly path: string;

  constructor(path: string) {
    super('A file that would run by itself.');
    this.path = path;
  }
}

interface Sent {
  readonly path: string;
  readonly content: Content;
  left: number;
  isSound: boolean;
}

/** `word`: the receiver's is awaited. `line`, `data`, `status`: what the sender says next. */
type State = 'word' | 'line' | 'data' | 'status';

export class ScpWatch {
  readonly #transfer: Transfer;
  readonly #audit: FileAudit;
  readonly #isGuarded: boolean;
  readonly #directories: string[] = [];
  readonly #words: boolean[] = [];
  #state: State = 'word';
  /** What the sender does once the receiver has agreed. */
  #next: 'line' | 'data' = 'line';
  #file: Sent | undefined;
  #line = '';
  #said = '';

  /** `isGuarded`: nothing is uploaded there that would run by itself. */
  constructor(transfer: Transfer, audit: FileAudit, isGuarded = false) {
    this.#isGuarded = isGuarded;
    this.#transfer = transfer;
    this.#audit = audit;
  }

  /**
   * Bytes of the side that sends files. @returns whether they are all contents of one file.
   * @throws {HostileName}; {StartupName}; {GatewayError} `protocol_violation`.
   */
  sent(chunk: Buffer): boolean {
    const isContent = this.#state === 'data' && chunk.length <= (this.#file?.left ?? 0);
    for (let at = 0; at < chunk.length; ) {
      if (this.#state === 'word') throw odd('it went on before it was answered');
      at += this.#state === 'data' ? this.#data(chunk, at) : this.#sentLine(chunk, at);
    }
    return isContent;
  }

  /** Bytes of the side that receives them. */
  answered(chunk: Buffer): void {
    for (const byte of chunk) {
      if (this.#said === '' && byte === OK) this.#word(true);
      else if (byte === LINE_FEED) {
        const isFatal = this.#said.charCodeAt(0) === FATAL;
        this.#said = '';
        this.#word(isFatal ? false : 'skip');
      } else {
        this.#said += String.fromCharCode(byte);
        if (this.#said.length > LIMITS.scpLineBytesMax) throw odd('an answer is too long');
      }
    }
  }

  /** The channel has ended: what is still under way did not arrive whole. */
  ended(): void {
    if (this.#file !== undefined) this.#tell(this.#file, false);
  }

  #data(chunk: Buffer, at: number): number {
    const file = this.#file;
    if (file === undefined) throw odd('contents of no file');
    const bytes = Math.min(file.left, chunk.length - at);
    file.content.add(chunk.subarray(at, at + bytes));
    file.left -= bytes;
    if (file.left === 0) this.#endOfData(file);
    return bytes;
  }

  #endOfData(file: Sent): void {
    file.content.end();
    this.#state = 'status';
  }

  #sentLine(chunk: Buffer, at: number): number {
    if (this.#state === 'status' && this.#line === '' && chunk[at] === OK) {
      this.#await('line');
      return 1;
    }
    const end = chunk.indexOf(LINE_FEED, at);
    const to = end === -1 ? chunk.length : end;
    this.#line += chunk.toString('latin1', at, to);
    if (this.#line.length > LIMITS.scpLineBytesMax) throw odd('a line is too long');
    if (end === -1) return to - at;
    const line = this.#line;
    this.#line = '';
    this.#interpret(line);
    return to + 1 - at;
  }

  #interpret(line: string): void {
    const first = line.charCodeAt(0);
    if (first === 1 || first === FATAL) {
      if (this.#file !== undefined && this.#state === 'status') {
        this.#file.isSound = false;
        this.#await('line');
      }
      return;
    }
    if (this.#state === 'status') throw odd('a file ends without its status');
    if (line === 'E') this.#leave();
    else if (TIMES.test(line)) this.#await('line');
    else if (line.startsWith('D')) this.#enter(DIRECTORY.exec(line));
    else this.#begin(FILE.exec(line));
  }

  #enter(match: RegExpExecArray | null): void {
    const name = match?.[1];
    if (name === undefined || !this.#transfer.recursive) throw odd('a directory that nobody asked for');
    if (this.#directories.length >= LIMITS.scpDepthMax) throw odd('directories too deep');
    this.#check(name);
    this.#directories.push(name);
    this.#await('line');
  }

  #leave(): void {
    if (this.#directories.pop() === undefined) throw odd('it left more directories than it entered');
    this.#await('line');
  }

  #begin(match: RegExpExecArray | null): void {
    const [, size = '', name] = match ?? [];
    const bytes = Number(size);
    if (name === undefined || !Number.isSafeInteger(bytes)) throw odd('a line nobody understands');
    this.#check(name);
    const file: Sent = { path: this.#pathOf(name), content: new Content(), left: bytes, isSound: true };
    file.content.begin(0, bytes);
    this.#file = file;
    this.#await('data');
  }

  /** Stops CVE-2018-20685 and CVE-2019-6111: names that lead elsewhere, and files that nobody asked for. */
  #check(name: string): void {
    const leads = name.includes('/') || name === '.' || name === '..' || /[\x00-\x1f\x7f]/.test(name);
    const { direction, paths } = this.#transfer;
    const isOutermost = this.#directories.length === 0;
    const isOther =
      direction === 'download' && isOutermost && paths.every((path) => path.exact && !names(path.text, name));
    if (leads || isOther) throw new HostileName(name);
    const inside = [paths[0]?.text, ...this.#directories, name].join('/');
    if (this.#isGuarded && direction === 'upload' && isStartupPlace(inside)) throw new StartupName(inside);
  }

  #pathOf(name: string): string {
    const { direction, paths, intoDirectory } = this.#transfer;
    const [first = ''] = this.#directories;
    const inside = [...this.#directories.slice(1), name].join('/');
    const asked = paths.map(({ text }) => wirePath(text));
    if (direction === 'download') {
      const outermost = this.#directories.length === 0 ? name : first;
      const base = asked.find((path) => names(path, outermost)) ?? `${asked[0] ?? ''} ${outermost}`;
      return this.#directories.length === 0 ? base : `${base.replace(/\/+$/, '')}/${inside}`;
    }
    const [base = ''] = asked;
    if (this.#directories.length > 0) return `${base.replace(/\/+$/, '')}/${first}/${inside}`;
    return intoDirectory || /(^|\/)\.?$/.test(base) ? `${base.replace(/\/+$/, '')}/${name}` : base;
  }

  #await(next: 'line' | 'data'): void {
    this.#state = 'word';
    this.#next = next;
    this.#hear();
  }

  /** `skip`: the receiver complained, and the sender goes on with the next file. */
  #word(word: boolean | 'skip'): void {
    if (this.#words.length >= LIMITS.scpDepthMax) throw odd('answers to nothing');
    this.#words.push(word === true);
    this.#hear();
  }

  #hear(): void {
    if (this.#state !== 'word') return;
    const word = this.#words.shift();
    if (word === undefined) return;
    const file = this.#file;
    if (this.#next === 'data' && word && file !== undefined) {
      this.#state = 'data';
      if (file.left === 0) this.#endOfData(file);
      return;
    }
    if (file !== undefined) this.#tell(file, word && file.isSound && this.#next === 'line');
    this.#state = 'line';
  }

  #tell({ path, content, left }: Sent, isSound: boolean): void {
    this.#file = undefined;
    const complete = isSound && left === 0;
    const { direction } = this.#transfer;
    this.#audit.transferred({ protocol: 'scp', direction, path, complete, ...content.result() });
  }
}

function names(path: string, name: string): boolean {
  const last = nameOf(wirePath(path));
  // `scp -r host:.` and the like announce the name of a directory that only the target knows.
  return last === '' || last === name || path.startsWith('~');
}

function odd(reason: string): GatewayError {
  return new GatewayError('protocol_violation', `scp: ${reason}.`);
}
