/**
 * The reader under the meter: one byte at a time, so that a chunk may end anywhere.
 *
 * The first non-blank line decides what the stream is: an SQL dump (mysqldump, mariadb-dump, pg_dump, sqlite3 .dump)
 * or lines. A stream of lines stays one: data that only looks like a comment later on is still counted.
 */
export interface RowCounter {
  /** Reads at most `room` bytes. @returns how many may pass before row `rowsMax` + 1 would begin. */
  count(chunk: Uint8Array, room: number): number;
  finish(): void;
  readonly rows: number;
}

/** Words a statement of a dump may begin with that carries no data. */
const DDL = new Set(
  `ALTER ANALYZE BEGIN COMMENT COMMIT CREATE DELIMITER DROP END GRANT LOCK PRAGMA REVOKE SET START UNLOCK USE
   VACUUM`.split(/\s+/),
);
const DATA = new Set(['INSERT', 'REPLACE', 'COPY']);
/** A comment this long is no comment of a dump tool: data behind a `--` is counted. */
const COMMENT_BYTES_MAX = 300;
/** A statement without data is never this long: an unclosed `CREATE` in front hides no rows behind it. */
const DDL_BYTES_MAX = 64 * 1024;
const HEAD_BYTES_MAX = 12;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;

type State = 'start' | 'head' | 'row' | 'comment' | 'ddl' | 'insert' | 'copy' | 'copy_row';

/** `rowsMax` may be asked anew with each row: others may use up the room meanwhile. */
export function createRowCounter(rowsMax: number | (() => number)): RowCounter {
  const reader = new Reader(typeof rowsMax === 'number' ? () => rowsMax : rowsMax);
  return {
    count: (chunk, room) => reader.count(chunk, room),
    finish: () => reader.finish(),
    get rows() {
      return reader.rows;
    },
  };
}

class Reader {
  rows = 0;
  readonly #max: () => number;
  #state: State = 'start';
  #dump: boolean | undefined;
  #backslashEscapes = false;
  #head = '';
  /** Bytes of the comment so far; also tells a block comment's end. */
  #commentBytes = 0;
  #block = false;
  #previous = 0;
  /** The quote we are inside of, 0 outside. */
  #quote = 0;
  #escaped = false;
  #depth = 0;
  #word = '';
  #values = false;
  #tuples = 0;
  #ddlBytes = 0;
  #cut = false;

  constructor(max: () => number) {
    this.#max = max;
  }

  get #rowsMax(): number {
    return this.#max();
  }

  count(chunk: Uint8Array, room: number): number {
    for (let at = 0; at < room; at += 1) {
      if (this.#step(chunk[at] ?? 0)) continue;
      this.#cut = true;
      return at;
    }
    return room;
  }

  finish(): void {
    const pending = this.#state === 'row' || this.#state === 'head' || this.#state === 'copy_row';
    const openTuple = this.#state === 'insert' && (this.#depth > 0 || this.#tuples === 0);
    // What was cut off never began; within the budget, anything unfinished is a row.
    if (!this.#cut && (pending || openTuple)) this.rows = Math.min(this.rows + 1, this.#rowsMax);
    this.#state = 'start';
  }

  /** @returns false when this byte would begin a row too many. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case 'start':
        return isBreak(byte) || isBlank(byte) || byte === SEMICOLON || this.#begin(byte);
      case 'head':
        return this.#readHead(byte);
      case 'row':
        return this.#readRow(byte);
      case 'comment':
        return this.#readComment(byte);
      case 'copy':
        return isBreak(byte) || this.#beginRow('copy_row', byte);
      case 'copy_row':
        return this.#readCopyRow(byte);
      case 'ddl':
        return this.#readDdl(byte);
      case 'insert':
        return this.#readInsert(byte);
    }
  }

  /** The first byte of a line or statement. */
  #begin(byte: number): boolean {
    if (this.#dump === false) return this.#beginRow('row', byte);
    this.#head = '';
    this.#state = 'head';
    return this.#readHead(byte);
  }

  /** Collects the first bytes until they say what the line is. They pass only while they could still be a keyword. */
  #readHead(byte: number): boolean {
    const head = this.#head + String.fromCharCode(byte).toUpperCase();
    if (head === '--' || head === '/*') return this.#beginComment(head === '/*');
    if (head === '-' || head === '/' || isKeywordStart(head)) {
      this.#head = head;
      return true;
    }
    const ended = byte === 0x20 || byte === SEMICOLON || isBreak(byte);
    if (ended && DDL.has(this.#head)) return this.#beginStatement('ddl', byte);
    if (byte === 0x20 && DATA.has(this.#head)) return this.#beginStatement('insert', byte);
    this.#dump ??= false;
    return isBreak(byte) ? this.#shortRow() : this.#beginRow('row', byte);
  }

  #beginComment(block: boolean): boolean {
    this.#dump ??= true;
    this.#state = 'comment';
    this.#block = block;
    this.#commentBytes = 0;
    this.#head = '';
    this.#previous = 0;
    return true;
  }

  #readComment(byte: number): boolean {
    this.#commentBytes += 1;
    if (this.#head.length < 80) this.#head += String.fromCharCode(byte);
    const closed = this.#block ? this.#previous === 0x2a && byte === 0x2f : isBreak(byte);
    this.#previous = byte;
    if (closed) {
      // MySQL's own dumps escape with backslashes inside strings; everybody else's do not.
      if (/^(!\d{5}| (MySQL|MariaDB) dump)|^M?!/.test(this.#head)) this.#backslashEscapes = true;
      this.#state = 'start';
      return true;
    }
    return this.#commentBytes <= COMMENT_BYTES_MAX || this.#beginRow('row', byte);
  }

  #beginStatement(state: 'ddl' | 'insert', byte: number): boolean {
    this.#dump ??= true;
    this.#quote = 0;
    this.#escaped = false;
    this.#depth = 0;
    this.#word = this.#head;
    this.#values = false;
    this.#tuples = 0;
    this.#ddlBytes = 0;
    this.#state = state;
    this.#previous = 0;
    return state === 'ddl' ? this.#readDdl(byte) : this.#readInsert(byte);
  }

  /** To the line's end after the `;`. */
  #readDdl(byte: number): boolean {
    this.#ddlBytes += 1;
    if (this.#ddlBytes > DDL_BYTES_MAX) return this.#beginRow('row', byte);
    if (this.#inQuotes(byte)) return true;
    if (isBreak(byte) && (this.#previous === SEMICOLON || this.#previous === 0)) this.#state = 'start';
    if (!isBlank(byte)) this.#previous = byte;
    return true;
  }

  #readInsert(byte: number): boolean {
    const wasQuoted = this.#quote !== 0;
    if (this.#inQuotes(byte)) return wasQuoted && isBreak(byte) ? this.#shortRow('insert') : true;
    if (byte === 0x28) return this.#openTuple();
    if (byte === 0x29) return this.#closeTuple();
    if (byte === SEMICOLON && this.#depth === 0) return this.#endInsert();
    if (isLetter(byte)) this.#word = (this.#word + String.fromCharCode(byte).toUpperCase()).slice(-HEAD_BYTES_MAX);
    else this.#endWord();
    return true;
  }

  #endWord(): void {
    if (this.#word === 'VALUES' && this.#depth === 0) this.#values = true;
    if (this.#word === 'STDIN') this.#tuples = -1;
    this.#word = '';
  }

  #openTuple(): boolean {
    this.#endWord();
    this.#depth += 1;
    return !(this.#values && this.#depth === 1) || this.rows < this.#rowsMax;
  }

  #closeTuple(): boolean {
    this.#depth = Math.max(0, this.#depth - 1);
    if (!this.#values || this.#depth > 0) return true;
    this.#tuples += 1;
    return this.#shortRow('insert');
  }

  /** `COPY … FROM stdin;` opens data lines; an INSERT without tuples (`INSERT … SELECT`) still counts once. */
  #endInsert(): boolean {
    this.#endWord();
    if (this.#tuples === -1) {
      this.#state = 'copy';
      return true;
    }
    this.#state = 'ddl';
    this.#previous = SEMICOLON;
    return this.#tuples > 0 || this.#shortRow('ddl');
  }

  #readCopyRow(byte: number): boolean {
    const full = this.rows >= this.#rowsMax;
    if (!isBreak(byte)) {
      if (this.#head.length < 3) this.#head += String.fromCharCode(byte);
      return !full || this.#head === '\\.';
    }
    const ended = this.#head === '\\.';
    if (!ended && full) return false;
    this.#state = ended ? 'start' : 'copy';
    if (!ended) this.rows += 1;
    return true;
  }

  #readRow(byte: number): boolean {
    if (!isBreak(byte)) return true;
    this.rows += 1;
    this.#state = 'start';
    return true;
  }

  #beginRow(state: 'row' | 'copy_row', byte: number): boolean {
    this.#head = String.fromCharCode(byte);
    this.#state = state;
    // The line that ends COPY is no row: its backslash may pass a budget used up to the last row, and no more than that.
    return this.rows < this.#rowsMax || (state === 'copy_row' && byte === BACKSLASH);
  }

  /** A row that is whole already. */
  #shortRow(next: State = 'start'): boolean {
    if (this.rows >= this.#rowsMax) return false;
    this.rows += 1;
    this.#state = next;
    return true;
  }

  /** Follows quotes over chunks. @returns whether `byte` belongs to a quoted text. */
  #inQuotes(byte: number): boolean {
    if (this.#quote === 0) {
      if (byte !== QUOTE && byte !== 0x22 && byte !== 0x60) return false;
      this.#quote = byte;
      return true;
    }
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH && this.#backslashEscapes) this.#escaped = true;
    else if (byte === this.#quote) this.#quote = 0;
    return true;
  }
}

/** LF, CR and NUL all end a line, so that `tr '\n' '\r'` is no way to make one row of many. */
function isBreak(byte: number): boolean {
  return byte === LF || byte === CR || byte === 0;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f;
}

function isKeywordStart(head: string): boolean {
  if (head.length > HEAD_BYTES_MAX) return false;
  for (const word of DDL) if (word.startsWith(head)) return true;
  for (const word of DATA) if (word.startsWith(head)) return true;
  return false;
}
