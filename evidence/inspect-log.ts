/** What the audit log says of the sessions, events and times that are asked for. */
import type { Verifying } from './crypto.ts';
import type { EventCommitment } from './events.ts';
import { inspectSessions, type InspectedSession } from './inspect-sessions.ts';
import { type EventLeaf, type Leaf, parseLeaf } from './leaves.ts';
import type { Scope } from './source.ts';
import { followTime } from './timeline.ts';
import { createFindings, type Findings } from './verdicts.ts';

export interface LogInspector {
  readonly visit: (entry: { readonly index: number; readonly bytes: Uint8Array; readonly hash: Uint8Array }) => void;
  /** Tells what the leaves do not say right, once they are known to be those that were signed. */
  readonly finish: (seen: number | undefined) => InspectedLog;
}

export interface InspectedLog {
  /** Those that are asked for, in the order they were opened. */
  readonly sessions: readonly InspectedSession[];
  /** Event leaves in the period, or all of them. */
  readonly events: number;
  /** Numbers of those whose text was not shown. */
  readonly closedEvents: readonly number[];
  /** The time of the newest leaf. */
  readonly newest: string;
}

export interface InspectOptions {
  readonly crypto: Verifying;
  readonly scope: Scope;
  readonly events: ReadonlyMap<number, EventCommitment>;
  readonly findings: Findings;
}

export function inspectLog({ scope, events, findings: told }: InspectOptions): LogInspector {
  // Told in the end alone: what leaves say is worth nothing until their root is the signed one.
  const findings = createFindings();
  const timeline = followTime(scope);
  const asked = scope.kind === 'sessions' ? new Set(scope.sessions) : undefined;
  const chains = inspectSessions(findings);
  const over = new Set<string>();
  const opened = checkEvents(events, findings);

  const takeSession = (leaf: Extract<Leaf, { sid: string }>, index: number, hash: Uint8Array): void => {
    if (asked !== undefined && !asked.has(leaf.sid)) return;
    if (over.has(leaf.sid)) {
      if (leaf.type === 'session.open') findings.add('session_twice', `leaf ${index}`, leaf.sid);
      return;
    }
    chains.take(leaf, index, hash);
    // Over before the period began: of no interest but for its name.
    if (!timeline.started && leaf.type === 'session.close') {
      chains.forget(leaf.sid);
      over.add(leaf.sid);
    }
  };

  return {
    visit({ index, bytes, hash }) {
      const leaf = parseLeaf(bytes);
      if (leaf === undefined) {
        findings.add('leaf_unknown', `leaf ${index}`);
        return;
      }
      timeline.take(leaf, index);
      if (leaf.type === 'event') opened.take(leaf, index, timeline.started);
      else if (leaf.type !== 'heartbeat') takeSession(leaf, index, hash);
    },
    finish(seen) {
      timeline.finish(findings, seen);
      const sessions = [...chains.sessions.values()].filter(({ openIndex }) => openIndex <= timeline.last);
      for (const { findings: found } of sessions) {
        for (const { code, where, detail } of found) findings.add(code, where, detail);
      }
      for (const sid of asked ?? []) {
        if (!chains.sessions.has(sid)) findings.add('session_unknown', `session ${sid}`);
      }
      const logged = opened.finish(scope.kind === 'period' ? timeline.last : undefined);
      for (const { code, where, detail } of findings.list()) told.add(code, where, detail);
      return { sessions, ...logged, newest: timeline.newest };
    },
  };
}

/** Compares the events that are shown with their leaves. */
function checkEvents(events: ReadonlyMap<number, EventCommitment>, findings: Findings) {
  const seen = new Set<number>();
  const closed: { index: number; n: number; kind: string }[] = [];
  let logged = 0;
  return {
    take({ n, kind, commit }: EventLeaf, index: number, started: boolean): void {
      if (started) logged += 1;
      const event = events.get(n);
      if (event === undefined) {
        if (started) closed.push({ index, n, kind });
        return;
      }
      if (seen.has(n)) findings.add('event_unlogged', `event ${n}`, `leaf ${index}`);
      seen.add(n);
      if (event.commit !== commit || event.event['type'] !== kind)
        findings.add('event_differs', `event ${n}`, `leaf ${index}`);
    },
    /** `last` is the last leaf of a period, all events of which have to be shown. */
    finish(last: number | undefined): { events: number; closedEvents: number[] } {
      for (const n of events.keys()) if (!seen.has(n)) findings.add('event_unlogged', `event ${n}`);
      const inside = closed.filter(({ index }) => index <= (last ?? index));
      if (last !== undefined) {
        for (const { index, n, kind } of inside) findings.add('event_missing', `event ${n}`, `leaf ${index} ${kind}`);
      }
      return { events: logged, closedEvents: inside.map(({ n }) => n) };
    },
  };
}
