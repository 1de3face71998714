/** Asked beside done. Pure and total: facts in, report out. */
import { exportLines } from './compare-export.ts';
import type {
  AskedFacts,
  Comparison,
  DoneFacts,
  EvidenceRef,
  ReconciliationVerdict,
  ReportLine,
  SessionDone,
} from './model.ts';
import { VERDICTS } from './model.ts';

/** A session ends within seconds of its window; a slow clock or a lost database is no deviation. */
const END_GRACE_MS = 60_000;

export function reconcile(asked: AskedFacts, done: DoneFacts): Comparison {
  const lines = [
    targetLine(asked, done),
    timeLine(asked, done),
    ...(asked.export === null ? workLines(done) : exportLines(asked.export, done)),
    refusalLine(done),
    ...reportLine(asked, done),
  ];
  const sorted = VERDICTS.flatMap((verdict) => lines.filter((line) => line.verdict === verdict));
  return { verdict: sorted[0]?.verdict ?? 'unexplained', lines: sorted };
}

function targetLine(asked: AskedFacts, { sessions }: DoneFacts): ReportLine {
  const entered = [...new Set(sessions.map(({ target }) => target))].sort();
  const foreign = sessions.filter(({ target }) => !asked.targets.includes(target));
  return {
    what: 'targets',
    verdict: foreign.length > 0 ? 'deviation' : 'match',
    asked: [...asked.targets].sort(),
    done: entered,
    evidence: (foreign.length > 0 ? foreign : sessions).map(ofSession),
  };
}

function timeLine(asked: AskedFacts, { sessions, uses }: DoneFacts): ReportLine {
  const outside = (from: Date, until: Date): boolean =>
    from < asked.notBefore || until.getTime() > asked.notAfter.getTime() + END_GRACE_MS;
  // Of an export its uses are what was approved; the session around it may go on.
  const spans =
    asked.export === null
      ? sessions.map((session) => ({ from: session.openedAt, until: session.closedAt, ref: ofSession(session) }))
      : uses.map((use) => ({
          from: use.redeemedAt,
          until: use.finishedAt ?? use.redeemedAt,
          ref: { session: use.session, event: use.event ?? undefined },
        }));
  const late = spans.filter(({ from, until }) => outside(from, until));
  const moments = spans.flatMap(({ from, until }) => [from.toISOString(), until.toISOString()]).sort();
  const [first, last] = [moments.at(0), moments.at(-1)];
  return {
    what: 'time',
    verdict: late.length > 0 ? 'deviation' : 'match',
    asked: [asked.notBefore.toISOString(), asked.notAfter.toISOString()],
    done: first === undefined || last === undefined ? [] : [first, last],
    evidence: (late.length > 0 ? late : spans).map(({ ref }) => ref),
  };
}

/** Work names no command or file: what was given is listed for who reads it beside the plan; a download was never asked. */
function workLines({ sessions, files }: DoneFacts): ReportLine[] {
  const downloads = files.filter(({ direction }) => direction === 'download');
  return [
    {
      what: 'commands',
      verdict: 'match',
      asked: [],
      done: sessions.map(({ kind, command }) => command ?? `(${kind})`),
      evidence: sessions.map(ofSession),
    },
    {
      what: 'files',
      verdict: downloads.length > 0 ? 'unexplained' : 'match',
      asked: [0],
      done: [downloads.length, files.length - downloads.length],
      evidence: (downloads.length > 0 ? downloads : files).map(({ session, event }) => ({ session, event })),
    },
  ];
}

/** What was tried and refused during the work: nothing happened, and nobody has said why it was tried. */
function refusalLine({ refusals }: DoneFacts): ReportLine {
  const verdict: ReconciliationVerdict = refusals.length > 0 ? 'unexplained' : 'match';
  const kinds = [...new Set(refusals.map(({ type }) => type))].sort();
  return {
    what: 'refusals',
    verdict,
    asked: [0],
    done: [refusals.length, ...kinds],
    evidence: refusals.map(({ session, event }) => ({ session, event })),
  };
}

/** Compared when the report is there or overdue, whichever comes first: without it nobody has said what the work was. */
function reportLine({ reportHours }: AskedFacts, { reports, sessions }: DoneFacts): ReportLine[] {
  if (reportHours === null) return [];
  const verdict: ReconciliationVerdict = reports > 0 ? 'match' : 'deviation';
  return [{ what: 'report', verdict, asked: [1], done: [reports], evidence: sessions.map(ofSession) }];
}

function ofSession({ id, leaf }: SessionDone): EvidenceRef {
  return { session: id, ...(leaf === null ? {} : { leaf }) };
}
