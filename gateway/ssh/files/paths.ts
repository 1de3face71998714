/** File names are bytes on the wire. Between its ends the gateway keeps each byte as one character (latin1). */
import { LIMITS } from '../../../foundation/index.ts';

/** The bytes of a text of ours, one character a byte. */
export function wirePath(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * A path as people read it: UTF-8 where it is, else its bytes as `\xNN`; what could move a cursor or reorder a line is
 * shown as what it is.
 */
export function shownPath(path: string): string {
  const bytes = Buffer.from(path, 'latin1').subarray(0, LIMITS.filePathBytesMax);
  const text = bytes.toString('utf8');
  const readable = Buffer.from(text, 'utf8').equals(bytes) ? text : bytes.toString('latin1').replace(/[^ -~]/g, hex);
  return readable.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** The directory a path stands in, as the server would find it. */
export function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  if (at === -1) return '.';
  return at === 0 ? '/' : trimmed.slice(0, at);
}

/** The last name of a path; empty where it has none of its own. */
export function nameOf(path: string): string {
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return name === '.' || name === '..' ? '' : name;
}
