/** The few paths that the relay knows. Nothing in them is a path of the gateway: each part is a number or a plain name. */
import { posix } from 'node:path';

export type Place =
  | { readonly kind: 'directory'; readonly of: 'root' | 'pickup' | 'put' | 'receipts' }
  | { readonly kind: 'parcel'; readonly parcel: number }
  | { readonly kind: 'parcel_file'; readonly parcel: number; readonly name: string }
  | { readonly kind: 'ticket'; readonly ticket: number }
  | { readonly kind: 'put_file'; readonly ticket: number; readonly name: string }
  | { readonly kind: 'receipt'; readonly parcel: number };

const PATH_BYTES_MAX = 1_024;
const NAME_BYTES_MAX = 200;
const NUMBER = /^(P|T)-([1-9]\d{0,14})$/;
const RECEIPT = /^P-([1-9]\d{0,14})\.sig$/;
/** Control, format (bidirectional, zero-width), private, unassigned and separator characters: nothing a name needs. */
const ODD = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u;

/** Where `path` leads; undefined where there is nothing. `..` never leads out: there is nothing outside. */
export function placeOf(path: string): Place | undefined {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX || path.includes('\0')) return undefined;
  const [first, second, third, ...more] = absolute(path).split('/').slice(1);
  if (more.length > 0) return undefined;
  if (first === '' || first === undefined) return { kind: 'directory', of: 'root' };
  if (second === undefined) {
    return first === 'pickup' || first === 'put' || first === 'receipts' ? { kind: 'directory', of: first } : undefined;
  }
  if (first === 'receipts') {
    const parcel = RECEIPT.exec(second)?.[1];
    return parcel === undefined || third !== undefined ? undefined : { kind: 'receipt', parcel: Number(parcel) };
  }
  return numbered(first, second, third);
}

function numbered(first: string, second: string, third: string | undefined): Place | undefined {
  const [, letter, digits] = NUMBER.exec(second) ?? [];
  const number = Number(digits);
  if (first === 'pickup' && letter === 'P') {
    return third === undefined
      ? { kind: 'parcel', parcel: number }
      : { kind: 'parcel_file', parcel: number, name: third };
  }
  if (first === 'put' && letter === 'T') {
    return third === undefined ? { kind: 'ticket', ticket: number } : { kind: 'put_file', ticket: number, name: third };
  }
  return undefined;
}

/** As clients show it. */
export function absolute(path: string): string {
  const resolved = posix.resolve('/', path);
  return resolved === '' ? '/' : resolved;
}

/**
 * Whether a file may come in under this name: a plain one that reads on every system as it is written. A name that
 * hides its ending behind a bidirectional character, or that is two names in two forms, deceives who receives it.
 */
export function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > NAME_BYTES_MAX) return false;
  if (name !== name.normalize('NFC') || name.trim() !== name || name.includes('\ufffd')) return false;
  return !ODD.test(name) && !/[/\\:*?"<>|]/.test(name) && !name.startsWith('-');
}

/** Names for the files of a parcel, in their order: the last part of where each stood, made plain and each its own. */
export function namesFor(paths: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return paths.map((path, at) => {
    const own = plainName(path.split('/').at(-1) ?? '') || 'file';
    let name = own;
    for (let copy = at + 1; taken.has(name); copy += 1) name = `${copy}-${own}`;
    taken.add(name);
    return name;
  });
}

function plainName(text: string): string {
  const plain = Array.from(text.normalize('NFC'), (one) => (ODD.test(one) || /[\\:*?"<>|\s]/.test(one) ? '_' : one))
    .join('')
    .replace(/^[-.]+/, '_');
  let short = plain;
  while (Buffer.byteLength(short) > NAME_BYTES_MAX) short = Array.from(short).slice(0, -1).join('');
  return short;
}
