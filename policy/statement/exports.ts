/** Recognises statements and client commands that write rows out of the database or hand control to something else. */
import type { FindingClass } from '../command/model.ts';
import type { VerdictName } from '../model.ts';
import { type ClientCommand, readClientCommand, readClientWord } from './client-commands.ts';
import type { Client } from './client-lines.ts';
import type { Token } from './scan.ts';

export interface ExportHit {
  readonly id: string;
  readonly class: FindingClass;
  readonly verdict: Exclude<VerdictName, 'allow'>;
  readonly token: Token;
}

type Detector = (tokens: readonly Token[]) => ExportHit | undefined;

/** Every way out of one statement that is known, and every command of the client in it. */
export function exportsOf(tokens: readonly Token[], client: Client): readonly ExportHit[] {
  const hits = DETECTORS.map((detect) => detect(tokens)).filter((hit) => hit !== undefined);
  return [...hits, ...clientHits(tokens, client)];
}

/** Upper-case text of a bare word, else the empty string. */
export function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text.toUpperCase() : '';
}

function hit(
  id: string,
  token: Token,
  verdict: ExportHit['verdict'] = 'needs_ticket',
  name: FindingClass = 'dbdump',
): ExportHit {
  return { id, class: name, verdict, token };
}

/** The first word of the statement, behind EXPLAIN or an opening parenthesis. */
function begins(tokens: readonly Token[], word: string): number {
  return tokens.findIndex((token, at) => token.kind === 'word' && token.text.toUpperCase() === word && at <= 1);
}

const copyTo: Detector = (tokens) => {
  const at = tokens.findIndex((_, index) => wordAt(tokens, index) === 'COPY' && wordAt(tokens, index + 1) !== 'FROM');
  const start = tokens[at];
  if (start === undefined) return undefined;
  if (wordAt(tokens, at + 1) === 'INTO') {
    const target = tokens[at + 2];
    const stage = target?.kind === 'string' || target?.text === '@';
    return stage ? hit('sql.copy-into-stage', start, 'needs_ticket', 'offhost') : undefined;
  }
  const direction = copyDirection(tokens, at + 1);
  if (direction === undefined || wordAt(tokens, direction) !== 'TO') return undefined;
  return wordAt(tokens, direction + 1) === 'PROGRAM'
    ? hit('sql.copy-to-program', start, 'deny', 'shell_control')
    : hit('sql.copy-to', start);
};

/** Where the TO or FROM of COPY stands, outside the parentheses of its query. */
function copyDirection(tokens: readonly Token[], from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const text = tokens[at]?.text;
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (depth === 0 && /^(TO|FROM)$/.test(wordAt(tokens, at))) return at;
  }
  return undefined;
}

const copyProgram: Detector = (tokens) => {
  const at = tokens.findIndex(
    (_, index) => wordAt(tokens, index) === 'FROM' && wordAt(tokens, index + 1) === 'PROGRAM',
  );
  const start = tokens[at];
  return start !== undefined && begins(tokens, 'COPY') !== -1
    ? hit('sql.copy-from-program', start, 'deny', 'shell_control')
    : undefined;
};

const intoFile: Detector = (tokens) => {
  const at = tokens.findIndex(
    (_, index) => wordAt(tokens, index) === 'INTO' && /^(OUTFILE|DUMPFILE)$/.test(wordAt(tokens, index + 1)),
  );
  const s3 = tokens.findIndex(
    (_, index) => /^(OUTFILE|INTO)$/.test(wordAt(tokens, index)) && wordAt(tokens, index + 1) === 'S3',
  );
  const start = tokens[at] ?? tokens[s3];
  return start && hit('sql.into-file', start);
};

const STATEMENTS: readonly (readonly [first: string, next: RegExp | undefined, id: string])[] = [
  ['UNLOAD', undefined, 'sql.unload'],
  ['EXPORT', undefined, 'sql.export'],
  ['BACKUP', /^(DATABASE|LOG|TABLE|TO|INTO)$/, 'sql.backup'],
  ['DUMP', /^(DATABASE|TRAN|TRANSACTION)$/, 'sql.dump'],
  ['START_REPLICATION', undefined, 'sql.replication'],
  ['BASE_BACKUP', undefined, 'sql.replication'],
  ['VACUUM', /^INTO$/, 'sql.vacuum-into'],
];

const leading: Detector = (tokens) => {
  for (const [first, next, id] of STATEMENTS) {
    const token = tokens[0];
    if (token === undefined || wordAt(tokens, 0) !== first) continue;
    if (wordAt(tokens, 1) === '' && tokens.length > 1 && tokens[1]?.kind === 'symbol' && !/[(:]/.test(tokens[1].text))
      continue;
    if (next === undefined || tokens.slice(1, 4).some((_, at) => next.test(wordAt(tokens, at + 1))))
      return hit(id, token);
  }
  return undefined;
};

const PAIRS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^OVERWRITE$/, /^(LOCAL|DIRECTORY)$/, 'sql.overwrite-directory'],
  [/^CREATE$/, /^(SERVER|SUBSCRIPTION|PUBLICATION)$/, 'sql.link'],
  [/^(DATABASE|PUBLIC)$/, /^LINK$/, 'sql.link'],
  [/^FOREIGN$/, /^SCHEMA$/, 'sql.link'],
  [/^ATTACH$/, /^(DATABASE|DB)$/, 'sql.attach'],
];

const pairs: Detector = (tokens) => {
  for (const [left, right, id] of PAIRS) {
    const at = tokens.findIndex(
      (_, index) => left.test(wordAt(tokens, index)) && right.test(wordAt(tokens, index + 1)),
    );
    const token = tokens[at];
    // Dropping or granting a link is not making one.
    if (token !== undefined && !/^(DROP|ALTER|GRANT|REVOKE|COMMENT|SHOW|LOCK|SECURITY)$/.test(wordAt(tokens, 0)))
      return hit(id, token, 'needs_ticket', 'offhost');
  }
  return undefined;
};

const FUNCTIONS =
  /^(lo_export|lo_get|loread|pg_read_file|pg_read_binary_file|dblink\w*|query_to_xml\w*|table_to_xml\w*|cursor_to_xml\w*|schema_to_xml\w*|database_to_xml\w*|load_file|writefile|load_extension|utl_file|utl_http|utl_smtp|utl_tcp|utl_mail|dbms_datapump|dbms_xslprocessor|dbms_scheduler|httpuritype|opendatasource|openrowset|openquery|http_(get|post|put)|sys_exec|sys_eval|xp_cmdshell|xp_dirtree|sp_oacreate|sp_send_dbmail|sp_oamethod|fts3_tokenizer|pg_file_write|pg_logical_slot_\w+|copy_blob|url|remote|s3|gcs|azureblobstorage|aws_s3)$/i;
const SHELLS = /^(xp_cmdshell|sys_exec|sys_eval|sp_oacreate|load_extension|dbms_scheduler)$/i;
const NEED_CALL = /^(url|remote|s3|gcs|azureblobstorage|http_(get|post|put)|lo_get|loread)$/i;

const functions: Detector = (tokens) => {
  const at = tokens.findIndex((token, index) => {
    if (token.kind !== 'word' && token.kind !== 'name') return false;
    if (!FUNCTIONS.test(token.text)) return false;
    const after = tokens[index + 1]?.text;
    return (
      after === '(' ||
      after === '.' ||
      (!NEED_CALL.test(token.text) && (index === 0 || /^EXEC(UTE)?$/.test(wordAt(tokens, index - 1))))
    );
  });
  const token = tokens[at];
  if (token === undefined || /^(CREATE|DROP|ALTER|GRANT|REVOKE|COMMENT)$/.test(wordAt(tokens, 0))) return undefined;
  // Changes rows at the other server; what is read there for it does not come here.
  if (/^(DELETE|UPDATE)$/.test(wordAt(tokens, at - 1)) && /^openquery$/i.test(token.text)) return undefined;
  return SHELLS.test(token.text)
    ? hit('sql.shell-function', token, 'deny', 'shell_control')
    : hit('sql.export-function', token);
};

/** `\copy` reads and writes files, or programs, of the client's machine. */
const metaCopy: Detector = (tokens) => {
  const at = tokens.findIndex(({ kind, text }) => kind === 'meta' && /^\\copy$/i.test(text));
  const start = tokens[at];
  if (start === undefined) return undefined;
  const direction = copyDirection(tokens, at + 1) ?? tokens.length;
  if (wordAt(tokens, direction + 1) === 'PROGRAM') return hit('sql.meta-shell', start, 'deny', 'shell_control');
  return wordAt(tokens, direction) === 'TO' ? hit('sql.meta-copy', start) : undefined;
};

/** MongoDB's shell is JavaScript: stages that write elsewhere, files of code, modules that reach out of it. */
const mongo: Detector = (tokens) => {
  const stage = tokens.find((_, at) => isWritingStage(tokens, at));
  if (stage !== undefined) return hit('sql.export', stage);
  const called = tokens.find((token, at) => {
    const takesText = tokens[at + 1]?.text === '(' && /^(string|name)$/.test(tokens[at + 2]?.kind ?? '');
    return takesText && token.kind === 'word' && /^(load|require|_?(run|start)Mongo\w*|runProgram)$/.test(token.text);
  });
  if (called === undefined) return undefined;
  return called.text === 'load'
    ? hit('sql.meta-source', called, 'ask', 'dynamic')
    : hit('sql.meta-shell', called, 'deny', 'shell_control');
};

/** `$out:` and `"$merge":`. */
function isWritingStage(tokens: readonly Token[], at: number): boolean {
  const text = tokens[at]?.text ?? '';
  if (!/^\$?(out|merge)$/.test(text) || tokens[at + 1]?.text !== ':') return false;
  return text.startsWith('$') || tokens[at - 1]?.text === '$';
}

function clientHits(tokens: readonly Token[], client: Client): ExportHit[] {
  const [first, second] = tokens;
  const metas = tokens.flatMap((token) => {
    const does = token.kind === 'meta' ? readClientCommand(token.text, client) : undefined;
    return does === undefined ? [] : [hitOf(token, does)];
  });
  // `source.name := 1` and `host = 1` are no commands.
  const isName = second?.kind === 'symbol' && /[=:.]/.test(second.text) && second.start === first?.end;
  const isOff = tokens.length === 2 && /^(OFF|OUT)$/.test(wordAt(tokens, 1)); // `spool off`: it ends one.
  const word = isName || isOff ? undefined : readClientWord(wordAt(tokens, 0));
  return first === undefined || word === undefined ? metas : [...metas, hitOf(first, word)];
}

function hitOf(token: Token, does: ClientCommand): ExportHit {
  return { id: does.rule, class: does.class, verdict: does.verdict, token };
}

const DETECTORS: readonly Detector[] = [copyTo, copyProgram, intoFile, leading, pairs, functions, metaCopy, mongo];
