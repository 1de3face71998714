/** Finds the leaves of some sessions while the log is read. */
import { type CloseLeaf, type OpenLeaf, parseLeaf } from './leaves.ts';
import type { LogEntry } from './read-log.ts';

export interface SessionLeaves {
  readonly opens: { readonly entry: LogEntry; readonly leaf: OpenLeaf }[];
  readonly closes: { readonly entry: LogEntry; readonly leaf: CloseLeaf }[];
}

export interface SessionFinder {
  readonly visit: (entry: LogEntry) => void;
  readonly leavesOf: (sessionId: string) => SessionLeaves;
}

const SID = /"sid":"([0-9a-f-]{36})"/;

export function createSessionFinder(sessionIds: ReadonlySet<string>): SessionFinder {
  const found = new Map<string, SessionLeaves>();
  const leavesOf = (sessionId: string): SessionLeaves => {
    const leaves = found.get(sessionId) ?? { opens: [], closes: [] };
    found.set(sessionId, leaves);
    return leaves;
  };
  return {
    leavesOf,
    visit(entry) {
      if (sessionIds.size === 0) return;
      const sessionId = SID.exec(entry.bytes.toString('latin1'))?.[1]; // Saves parsing a million others.
      const leaf = sessionId !== undefined && sessionIds.has(sessionId) ? parseLeaf(entry.bytes) : undefined;
      if (leaf?.type === 'session.open') leavesOf(leaf.sid).opens.push({ entry, leaf });
      if (leaf?.type === 'session.close') leavesOf(leaf.sid).closes.push({ entry, leaf });
    },
  };
}
