/** What the marks of a recording are: the gateway marks each line it judges, each file, and what it did itself. */
import type { Marker } from './model.ts';

/** A typed line can look like one of these; what was judged is told by the audit events. */
const NOTE = /^(sekisho: (paused: |resumed$)|legacy algorithms: |recovered$)/;
const FILE = /^((upload|download) .* \d+ ([0-9a-f]{64}|-)$|vault P-\d+ )/s;

export function markerOf(at: number, type: 'm' | 'r' | 'g' | 'x', text: string): Marker {
  switch (type) {
    case 'r':
      return { at, kind: 'resize', text };
    case 'g':
      return { at, kind: 'gap', text };
    case 'x':
      return { at, kind: 'exit', text };
    case 'm':
      return { at, kind: NOTE.test(text) ? 'note' : FILE.test(text) ? 'file' : 'command', text };
  }
}
