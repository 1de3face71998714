/** What a file is by its contents, whatever its name says. */

export type FileType =
  | 'empty'
  | 'text'
  | 'csv'
  | 'json'
  | 'sql'
  | 'xml'
  | 'zip'
  | 'gzip'
  | 'archive'
  | 'pdf'
  | 'image'
  | 'executable'
  | 'binary';

/** First bytes, as their formats fix them; `archive` cannot be looked into here. */
const MAGIC: readonly (readonly [FileType, string])[] = [
  ['zip', '504b0304'],
  ['zip', '504b0506'],
  ['gzip', '1f8b'],
  ['archive', '377abcaf271c'],
  ['archive', '526172211a07'],
  ['archive', 'fd377a585a00'],
  ['archive', '28b52ffd'],
  ['archive', '425a68'],
  ['archive', '04224d18'],
  ['pdf', '25504446'],
  ['image', '89504e470d0a1a0a'],
  ['image', 'ffd8ff'],
  ['image', '47494638'],
  ['executable', '7f454c46'],
  ['executable', '4d5a'],
];
const SQL = /^\s*(--|\/\*|(CREATE|INSERT|DROP|SET|COPY|BEGIN)\b)/i;
/** Control characters that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;
export const HEAD_BYTES = 4_096;

export function typeOf(head: Uint8Array): FileType {
  if (head.length === 0) return 'empty';
  const start = Buffer.from(head.subarray(0, 16)).toString('hex');
  const known = MAGIC.find(([, magic]) => start.startsWith(magic));
  if (known !== undefined) return known[0];
  const text = Buffer.from(head).toString('latin1');
  if (CONTROL.test(text)) return 'binary';
  if (SQL.test(text)) return 'sql';
  if (/^\s*[[{]/.test(text)) return 'json';
  if (/^\s*</.test(text)) return 'xml';
  return fieldsOf(head) === undefined ? 'text' : 'csv';
}

const FIELDS_MAX = 500;
const FIELD_CHARACTERS_MAX = 200;

/** The names in the first line of a table with `,`, `;` or tabs; undefined when it does not look like one. */
export function fieldsOf(head: Uint8Array): readonly string[] | undefined {
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const separator = [',', '\t', ';'].find((one) => line.includes(one));
  if (separator === undefined) return undefined;
  const fields = line.split(separator).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  if (fields.length > FIELDS_MAX || fields.some((field) => field === '' || field.length > FIELD_CHARACTERS_MAX)) {
    return undefined;
  }
  return fields;
}
