/**
 * The text of HTML and XML, one record a line. Works on bytes as Latin-1 characters: the marks of markup are no part of a
 * character in UTF-8, EUC-JP or Shift_JIS, so what it leaves is the page's own character set still.
 */
import type { BodyReader, Read } from './reader-model.ts';

const TAG_CHARACTERS_MAX = 64 * 1024;
const ENTITY_CHARACTERS_MAX = 12;
/** Elements that are one record of a list. */
const ROWS = new Set(['tr', 'row', 'record', 'item', 'entry']);
/** What follows one of these stands on another line. */
const BREAKS = new Set(
  'tr p div li br dt dd section article table thead tbody h1 h2 h3 h4 h5 h6 option script pre form row record item entry'.split(
    ' ',
  ),
);
/** Attributes that are never shown and name nobody. */
const SILENT =
  /^(?:class|id|style|src|srcset|rel|type|for|role|method|action|lang|charset|width|height|d|viewbox|fill|integrity|nonce|xmlns.*)$/;
const ATTRIBUTE = /([^\s"'=<>/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  commat: '@',
};

export function createPageText(): BodyReader {
  let held = '';
  const read = (isLast: boolean): Read => {
    const out: string[] = [];
    let rows = 0;
    let at = 0;
    while (at < held.length) {
      const open = held.indexOf('<', at);
      const textEnd = open === -1 ? held.length : open;
      const safe = open === -1 && !isLast ? wholeEntities(held, at, textEnd) : textEnd;
      if (safe > at) out.push(plain(held.slice(at, safe)));
      at = safe;
      if (open === -1) break;
      const end = endOfTag(held, open);
      if (end === -1) {
        if (!isLast && held.length - open < TAG_CHARACTERS_MAX) break;
        out.push('<'); // Nothing that ends: text that only looks like the beginning of a tag.
        at = open + 1;
        continue;
      }
      const tag = readTag(held.slice(open, end + 1));
      rows += tag.rows;
      out.push(tag.text);
      at = end + 1;
    }
    held = held.slice(at);
    return { rows, text: Buffer.from(out.join(''), 'latin1') };
  };
  return {
    take: (chunk) => {
      held += chunk.toString('latin1');
      return read(false);
    },
    finish: () => read(true),
  };
}

/** A quoted `>` does not end a tag. @returns -1 where it does not end. */
function endOfTag(text: string, open: number): number {
  if (text.startsWith('<!--', open)) return open + 3; // What is commented out is text as any other.
  let quote = '';
  for (let at = open + 1; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (quote !== '') quote = mark === quote ? '' : quote;
    else if (mark === '>') return at;
    else if (
      (mark === '"' || mark === "'") &&
      text
        .charAt(at - 1)
        .trim()
        .replace('=', '') === ''
    )
      quote = mark;
  }
  return -1;
}

function readTag(tag: string): { readonly rows: number; readonly text: string } {
  const [, slash = '', raw = ''] = /^<(\/?)([a-zA-Z][^\s/>]*)/.exec(tag) ?? [];
  const name = raw.toLowerCase();
  const before = BREAKS.has(name) ? '\n' : '\t';
  if (slash === '/') return { rows: 0, text: before };
  const attributes = [...tag.matchAll(ATTRIBUTE)].map(
    ([, key = '', double, single, bare]) => [key.toLowerCase(), double ?? single ?? bare ?? ''] as const,
  );
  const isRow = ROWS.has(name) || attributes.some(([key, value]) => key === 'role' && value === 'row');
  const values = attributes
    .filter(([key, value]) => !SILENT.test(key) && value.length > 2)
    .map(([, value]) => plain(value));
  return { rows: isRow ? 1 : 0, text: `${before}${values.map((value) => `${value}\t`).join('')}` };
}

/** As far as no entity is cut. */
function wholeEntities(text: string, from: number, to: number): number {
  const last = text.lastIndexOf('&', to - 1);
  return last >= from && to - last < ENTITY_CHARACTERS_MAX && !text.slice(last, to).includes(';') ? last : to;
}

function plain(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});/gi, (whole, entity: string) => {
    const named = NAMED[entity.toLowerCase()];
    if (named !== undefined) return named;
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10);
    if (Number.isNaN(code) || code > 0x10_ffff || (code >= 0xd800 && code < 0xe000)) return whole;
    return Buffer.from(String.fromCodePoint(code)).toString('latin1');
  });
}
