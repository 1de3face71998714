/** What a body is, by its own first bytes: what the site calls it is a claim. */

/**
 * What may be shown as part of a page: `page` is HTML, `data` JSON, `text` any other text, `asset` a picture, font, sound
 * or film whose first bytes say so. The others are files: `opaque` is whatever nobody can read.
 */
export type ContentKind =
  | 'empty'
  | 'page'
  | 'data'
  | 'text'
  | 'asset'
  | 'table'
  | 'sql'
  | 'pdf'
  | 'spreadsheet'
  | 'archive'
  | 'database'
  | 'opaque';

const MAGIC: readonly (readonly [kind: ContentKind, at: number, bytes: string])[] = [
  ['pdf', 0, '%PDF-'],
  ['archive', 0, 'PK\x03\x04'],
  ['archive', 0, 'PK\x05\x06'],
  ['archive', 0, '\x1f\x8b'],
  ['archive', 0, '7z\xbc\xaf\x27\x1c'],
  ['archive', 0, 'Rar!\x1a\x07'],
  ['archive', 0, 'BZh'],
  ['archive', 0, '\xfd7zXZ\x00'],
  ['archive', 0, '\x28\xb5\x2f\xfd'],
  ['archive', 257, 'ustar'],
  ['spreadsheet', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['database', 0, 'SQLite format 3\x00'],
  ['database', 0, 'PAR1'],
  ['database', 0, 'PGDMP'],
  ['asset', 0, '\x89PNG\r\n\x1a\n'],
  ['asset', 0, '\xff\xd8\xff'],
  ['asset', 0, 'GIF87a'],
  ['asset', 0, 'GIF89a'],
  ['asset', 8, 'WEBPVP8'],
  ['asset', 0, '\x00\x00\x01\x00'],
  ['asset', 0, 'wOFF'],
  ['asset', 0, 'wOF2'],
  ['asset', 0, '\x00\x01\x00\x00\x00'],
  ['asset', 0, 'OTTO'],
  ['asset', 4, 'ftypavif'],
  ['asset', 4, 'ftypmp42'],
  ['asset', 4, 'ftypisom'],
  ['asset', 0, 'OggS'],
  ['asset', 0, 'ID3'],
  ['asset', 0, '\x1a\x45\xdf\xa3'],
];
const OFFICE = /xl\/(?:workbook|worksheets|sharedStrings)/;
const SQL_DUMP =
  /^(?:--[^\n]*\n|\s|\/\*[\s\S]{0,2000}?\*\/;?)*(?:INSERT INTO|COPY [^;\n]+ FROM stdin|CREATE TABLE|DROP TABLE|BEGIN TRANSACTION|PRAGMA foreign_keys)/i;
const LINES_MIN = 3;
const TABLE_TYPE = /^(?:text\/(?:csv|tab-separated-values|comma-separated-values|x-csv)|application\/(?:csv|x-csv))/i;

/** Told by the first bytes of a body and what the site says it is. `prefix` may be the whole body. */
export function contentKindOf(prefix: Buffer, claimed: string): ContentKind {
  if (prefix.length === 0) return 'empty';
  const latin = prefix.toString('latin1', 0, 4_096);
  const known = MAGIC.find(([, at, bytes]) => latin.startsWith(bytes, at));
  if (known !== undefined)
    return known[0] === 'archive' && OFFICE.test(prefix.toString('latin1')) ? 'spreadsheet' : known[0];
  if (isBinary(prefix)) return 'opaque';
  const text = prefix.toString('utf8').replace(/^\ufeff/, '');
  if (SQL_DUMP.test(text.slice(0, 8_192))) return 'sql';
  if (isMarkup(text)) return 'page';
  if (/^\s*[[{]/.test(text)) return 'data';
  return TABLE_TYPE.test(claimed) || looksLikeTable(text, claimed) ? 'table' : 'text';
}

/** UTF-16 has a NUL in every other byte and is text; nothing else with one is. */
function isBinary(bytes: Buffer): boolean {
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))) {
    return false;
  }
  let controls = 0;
  const looked = Math.min(bytes.length, 8_192);
  for (let at = 0; at < looked; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) return true;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) controls += 1;
  }
  return controls * 50 > looked;
}

function isMarkup(text: string): boolean {
  return /^\s*(?:<!--[\s\S]{0,4000}?-->\s*)*<(?:[!?a-z])/i.test(text);
}

const SCRIPT_OR_STYLE = /javascript|ecmascript|\/css|text\/(?:plain.*charset=x-|markdown)|json/i;

/** As many fields in each of the first lines, and more than one: a table, whatever it is called. */
function looksLikeTable(text: string, claimed: string): boolean {
  if (SCRIPT_OR_STYLE.test(claimed)) return false;
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length < LINES_MIN) return false;
  const looked = lines.slice(0, Math.min(lines.length - 1, 12));
  return [',', '\t', ';', '|'].some((mark) => {
    const fields = looked.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(mark).length);
    const [first = 1] = fields;
    return first > 1 && fields.every((count) => count === first);
  });
}

/** Whether a body of this kind is a file to take along and no part of a page. */
export function isFileKind(kind: ContentKind): boolean {
  return !['empty', 'page', 'data', 'text', 'asset'].includes(kind);
}
