/** How much of what takes data out is recognised, and how much of ordinary work is stopped. */
import { judgeCommand } from '../../policy/index.ts';
import { type Bar, bar, type BenchOptions, type Operator, type Part, type RowFile } from '../model.ts';
import { POLICY } from './policy.ts';
import { proportion, type Proportion, proportions } from './proportion.ts';
import { readRows, type Row, sourceOf, tierOf } from './rows.ts';

/** How many rows of a kind that were judged otherwise than wished are told. */
const TOLD = 12;

export interface Judged {
  readonly row: Row;
  readonly verdict: 'allow' | 'ask' | 'deny';
}

const isCaught = ({ verdict }: Judged): boolean => verdict !== 'allow';
const isDenied = ({ verdict }: Judged): boolean => verdict === 'deny';
const isAsked = ({ verdict }: Judged): boolean => verdict === 'ask';

function judgeAll(rows: readonly Row[]): Judged[] {
  return rows.map((row) => {
    const { verdict } = judgeCommand(row.command, POLICY);
    return { row, verdict: verdict === 'needs_ticket' ? 'deny' : verdict };
  });
}

interface Measured {
  readonly judged: readonly Judged[];
  readonly reason: string | undefined;
}

async function measure(options: BenchOptions, name: RowFile): Promise<Measured> {
  const { rows, own } = await readRows(options, name);
  return { judged: judgeAll(rows), reason: own ? `${rows.length} rows of its own: no --${name} FILE` : undefined };
}

function share(judged: readonly Judged[], isHit: (one: Judged) => boolean): Proportion {
  return proportion(judged.filter(isHit).length, judged.length);
}

function percentBar(
  id: string,
  { percent, interval }: Proportion,
  limit: readonly [Operator, number],
  reason?: string,
): Bar {
  const [op, value] = limit;
  const sure = interval === null ? 'no rows' : `95 % interval ${interval[0]} to ${interval[1]}`;
  return bar(id, { value: percent, op, limit: value, unit: '%' }, [sure, reason].filter(Boolean).join('; '));
}

function tell({ say }: BenchOptions, what: string, rows: readonly Judged[]): void {
  if (rows.length > 0) say(`${what}: ${rows.length}, among them`);
  for (const { row, verdict } of rows.slice(0, TOLD)) say(`  ${verdict}  ${JSON.stringify(row.command).slice(0, 160)}`);
}

export async function recall(options: BenchOptions): Promise<Part> {
  const { judged, reason } = await measure(options, 'positives');
  tell(
    options,
    'exports allowed',
    judged.filter((one) => !isCaught(one)),
  );
  const caught = share(judged, isCaught);
  const denied = share(judged, isDenied);
  return {
    figures: {
      recall: {
        ...{ caught, denied },
        by_class: proportions(judged, { group: ({ row }) => row.class ?? 'none', isHit: isCaught }),
        by_source: proportions(judged, { group: ({ row }) => sourceOf(row), isHit: isCaught }),
      },
    },
    bars: [
      percentBar('recall/deny_or_ask', caught, ['>=', 97], reason),
      percentBar('recall/deny', denied, ['>=', 92], reason),
    ],
  };
}

export async function mutated(options: BenchOptions): Promise<Part> {
  const { judged, reason } = await measure(options, 'mutated');
  tell(
    options,
    'rewritten exports allowed',
    judged.filter((one) => !isCaught(one)),
  );
  const caught = share(judged, isCaught);
  const kinds = proportions(judged, { group: ({ row }) => row.mutation ?? 'none', isHit: isCaught });
  const [worst] = Object.entries(kinds).sort(([, left], [, right]) => (left.percent ?? 0) - (right.percent ?? 0));
  return {
    figures: { rewritten: { caught, denied: share(judged, isDenied), by_kind: kinds } },
    bars: [
      percentBar('rewritten/deny_or_ask', caught, ['>=', 99], reason),
      percentBar(
        'rewritten/worst_kind',
        worst?.[1] ?? proportion(0, 0),
        ['>=', 95],
        [`kind ${worst?.[0] ?? 'none'}`, reason].filter(Boolean).join('; '),
      ),
    ],
  };
}

const TIERS: readonly (readonly [tier: string, denyMax: number])[] = [
  ['tldr', 0.3],
  ['nl2bash/tier0', 0.3],
  ['nl2bash/tier1', 1],
];
const ASK_MAX = 2;

export async function ordinary(options: BenchOptions): Promise<Part> {
  const { judged, reason } = await measure(options, 'negatives');
  tell(options, 'ordinary lines denied', judged.filter(isDenied));
  const denied = proportions(judged, { group: ({ row }) => tierOf(row), isHit: isDenied });
  const asked = proportions(judged, { group: ({ row }) => tierOf(row), isHit: isAsked });
  const none = proportion(0, 0);
  return {
    figures: {
      ordinary: { denied: share(judged, isDenied), asked: share(judged, isAsked), by_tier: { denied, asked } },
    },
    bars: [
      ...TIERS.map(([tier, max]) => percentBar(`false_deny/${tier}`, denied[tier] ?? none, ['<=', max], reason)),
      percentBar('ask/tldr', asked['tldr'] ?? none, ['<=', ASK_MAX], reason),
    ],
  };
}

export async function twins(options: BenchOptions): Promise<Part> {
  const { judged, reason } = await measure(options, 'twins');
  tell(options, 'twins denied', judged.filter(isDenied));
  const denied = share(judged, isDenied);
  return {
    figures: { twins: { denied, asked: share(judged, isAsked) } },
    bars: [percentBar('twins/denied', denied, ['<=', 2], reason)],
  };
}

/** Rows that are neither: how often somebody would be asked. No bar. */
export async function ambiguous(options: BenchOptions): Promise<Part> {
  if (options.rows.ambiguous === undefined) return { figures: {}, bars: [] };
  const { judged } = await measure(options, 'ambiguous');
  return { figures: { ambiguous: { denied: share(judged, isDenied), asked: share(judged, isAsked) } }, bars: [] };
}
