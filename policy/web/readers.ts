/** Reads a body as it streams by: how many rows it holds, and the text in it that may name people. */
import { createRowCounter } from '../row-counter.ts';
import type { ContentKind } from './content.ts';
import { createDataText } from './data-text.ts';
import { createPageText } from './page-text.ts';
import type { BodyReader, Read } from './reader-model.ts';

const NOTHING: Read = { rows: 0, text: Buffer.alloc(0) };

export function createBodyReader(kind: ContentKind): BodyReader {
  switch (kind) {
    case 'page':
      return createPageText();
    case 'data':
      return createDataText();
    case 'table':
    case 'sql':
      return createLines();
    case 'empty':
    case 'asset':
      return { take: () => NOTHING, finish: () => NOTHING };
    case 'text':
    case 'pdf':
    case 'spreadsheet':
    case 'archive':
    case 'database':
    case 'opaque':
      return { take: (text) => ({ rows: 0, text }), finish: () => NOTHING };
  }
}

function createLines(): BodyReader {
  const counter = createRowCounter(Number.POSITIVE_INFINITY);
  let seen = 0;
  const fresh = (): number => {
    const rows = counter.rows - seen;
    seen = counter.rows;
    return rows;
  };
  return {
    take: (text) => {
      counter.count(text, text.length);
      return { rows: fresh(), text };
    },
    finish: () => {
      counter.finish();
      return { rows: fresh(), text: NOTHING.text };
    },
  };
}
