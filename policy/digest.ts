import { sha256 } from '../foundation/index.ts';

export type Form = string | number | boolean | null | readonly Form[];

const VERSION = 'sekisho-act-2';

/** SHA-256 over a canonical form, 64 hex digits. */
export function digestOfForm(kind: string, form: Form): string {
  return sha256(JSON.stringify([VERSION, kind, form])).toString('hex');
}

/** The digest of a text that is not a tree: its words, or its characters as they are. */
export function digestOfText(kind: 'unreadable' | 'sql', words: readonly string[] | string): string {
  return digestOfForm(kind, typeof words === 'string' ? words : [...words]);
}
