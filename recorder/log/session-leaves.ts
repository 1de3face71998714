/** Finds the leaves of some sessions while the log is read. */
import { type Leaf, parseLeaf } from '../../evidence/index.ts';
import { latin1 } from '../../foundation/index.ts';
import type { LogEntry } from './read-log.ts';

export type SessionLeaf = Extract<Leaf, { sid: string }>;

export interface FoundLeaf<Of extends SessionLeaf = SessionLeaf> {
  readonly entry: LogEntry;
  readonly leaf: Of;
}

export interface SessionFinder {
  readonly visit: (entry: LogEntry) => void;
  /** In the order of the log. */
  readonly leavesOf: (sessionId: string) => readonly FoundLeaf[];
}

const SID = /"sid":"([0-9a-f-]{36})"/;

export function createSessionFinder(sessionIds: ReadonlySet<string>): SessionFinder {
  const found = new Map<string, FoundLeaf[]>();
  return {
    leavesOf: (sessionId) => found.get(sessionId) ?? [],
    visit(entry) {
      if (sessionIds.size === 0) return;
      const sessionId = sessionOf(latin1(entry.bytes)); // Saves parsing a million others.
      const leaf = sessionId !== undefined && sessionIds.has(sessionId) ? parseLeaf(entry.bytes) : undefined;
      if (leaf === undefined || !('sid' in leaf)) return;
      found.set(leaf.sid, [...(found.get(leaf.sid) ?? []), { entry, leaf }]);
    },
  };
}

/** Whose leaf this text is, if any's: canonical JSON has one spelling of it. */
export function sessionOf(leaf: string): string | undefined {
  return SID.exec(leaf)?.[1];
}
