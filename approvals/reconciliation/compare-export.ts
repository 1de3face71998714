import type { AskedFacts, DoneFacts, ReconciliationVerdict, ReportLine, UseDone } from './model.ts';

type AskedExport = NonNullable<AskedFacts['export']>;

/** A header line, a total: more than was expected by so much explains itself. */
const EXPECTED_SLACK_ROWS = 10;

/** The lines of an export: what its uses brought out. */
export function exportLines(asked: AskedExport, { uses, files }: DoneFacts): ReportLine[] {
  const evidence = uses.map(refOf);
  const line = (what: ReportLine['what'], rest: Omit<ReportLine, 'what' | 'evidence'>): ReportLine => ({
    ...{ what, evidence, ...rest },
  });
  return [
    line('statements', statements(asked, uses)),
    line('rows', rows(asked, uses)),
    line('bytes', bytes(asked, uses)),
    line('customers', customers(asked, uses)),
    line('destination', destination(asked, uses)),
    line('outcome', outcome(uses)),
    {
      what: 'files',
      ...filesOf(asked, { uses, files }),
      evidence: [...evidence, ...files.map(({ session, event }) => ({ session, event }))],
    },
  ];
}

type Judged = Omit<ReportLine, 'what' | 'evidence'>;

function statements(asked: AskedExport, uses: readonly UseDone[]): Judged {
  const ran = uses.flatMap(({ actDigest }) => (actDigest === null ? [] : [actDigest]));
  // A class covers acts of other digests; that they are of it was judged when they were let through.
  const others = asked.scope === 'class' ? [] : ran.filter((digest) => digest !== asked.actDigest);
  const wrong = others.length > 0 || uses.length > asked.usesMax;
  return {
    verdict: wrong ? 'deviation' : ran.length < uses.length ? 'unexplained' : 'match',
    asked: [asked.actDigest, asked.usesMax],
    done: [...new Set(ran), uses.length],
  };
}

function rows(asked: AskedExport, uses: readonly UseDone[]): Judged {
  const done = sum(uses, (use) => use.rows);
  const expected = asked.rowsExpected === null ? null : asked.rowsExpected * asked.usesMax;
  const odd = expected !== null && done > expected + EXPECTED_SLACK_ROWS;
  return {
    verdict: done > asked.rowsMax ? 'deviation' : odd ? 'unexplained' : 'match',
    asked: [asked.rowsMax, ...(asked.rowsExpected === null ? [] : [asked.rowsExpected])],
    done: [done],
  };
}

function bytes(asked: AskedExport, uses: readonly UseDone[]): Judged {
  const done = sum(uses, (use) => use.bytes);
  return { verdict: done > asked.bytesMax ? 'deviation' : 'match', asked: [asked.bytesMax], done: [done] };
}

/** No more customers than rows were approved: a row may hold many. Whom nobody counted, nobody can vouch for. */
function customers(asked: AskedExport, uses: readonly UseDone[]): Judged {
  const counted = uses.flatMap((use) => (use.customers === null ? [] : [use.customers]));
  // Distinct in each use; over several uses their sum is the most that it can be, the largest the least.
  const least = Math.max(0, ...counted);
  return {
    verdict: least > asked.rowsMax ? 'deviation' : counted.length < uses.length ? 'unexplained' : 'match',
    asked: [asked.rowsMax],
    done: [least],
  };
}

function destination(asked: AskedExport, uses: readonly UseDone[]): Judged {
  const toVault = asked.destination !== 'workstation';
  const went = uses.map(({ parcel }) => (parcel === null ? 'workstation' : 'vault'));
  const wrong = went.some((place) => (place === 'vault') !== toVault);
  const open = uses.some(({ parcel, outcome: how }) => parcel?.outcome === 'open' && how !== null);
  return {
    verdict: wrong ? 'deviation' : open ? 'unexplained' : 'match',
    asked: [asked.destination],
    done: [...new Set(went)],
  };
}

function outcome(uses: readonly UseDone[]): Judged {
  const worst = (use: UseDone): ReconciliationVerdict => {
    if (use.outcome === 'limit_exceeded') return 'deviation';
    return use.outcome === 'completed' && use.exitStatus === 0 ? 'match' : 'unexplained';
  };
  const verdicts = uses.map(worst);
  return {
    verdict: verdicts.includes('deviation') ? 'deviation' : verdicts.includes('unexplained') ? 'unexplained' : 'match',
    asked: ['completed'],
    done: [...new Set(uses.map((use) => use.outcome ?? 'interrupted'))],
  };
}

/** Into the vault go the files of its parcels; each use of a workstation's is one file at most. */
function filesOf(asked: AskedExport, { uses, files }: Pick<DoneFacts, 'uses' | 'files'>): Judged {
  const sealed = sum(uses, ({ parcel }) => (parcel?.outcome === 'sealed' ? parcel.files : 0));
  const taken = files.filter(({ direction }) => direction === 'download').length;
  return {
    verdict: taken > uses.length ? 'unexplained' : 'match',
    asked: [asked.destination === 'workstation' ? asked.usesMax : 0],
    done: [taken, sealed],
  };
}

function sum(uses: readonly UseDone[], of: (use: UseDone) => number): number {
  return uses.reduce((total, use) => total + of(use), 0);
}

function refOf({ session, event }: UseDone) {
  return { session, ...(event === null ? {} : { event }) };
}
