/** What the parsers know beyond the scanner. It makes an answer stricter or names more; it never makes one milder. */
import {
  type Judgement,
  type ProtectedAsset,
  tablesInStatement,
  type TargetPolicy,
  VERDICTS,
  type VerdictName,
} from '../../policy/index.ts';
import type { StatementReading } from './model.ts';

export interface Refined {
  readonly judgement: Judgement;
  readonly relations: readonly string[];
  readonly fingerprint: string | null;
}

export function refineStatement(
  sql: string,
  { judgement, policy, reading }: { judgement: Judgement; policy: TargetPolicy; reading: StatementReading },
): Refined {
  const guarded = policy.mode !== 'recorded' && policy.assets.length > 0;
  if (!reading.read) {
    // A text that keeps a parser busy hides something or is nobody's daily work: a second person looks at it.
    const strict = guarded ? atLeast(judgement, 'ask') : judgement;
    return { judgement: strict, relations: [], fingerprint: null };
  }
  const relations = [...new Set(reading.readings.flatMap((one) => one.relations))];
  const named = policy.assets.filter((asset) => asset.kind === 'table' && relations.some((name) => isOf(asset, name)));
  const unseen = named.map(({ name }) => name).filter((name) => !tablesInStatement(sql, policy).includes(name));
  const objects = [...new Set([...judgement.objects, ...named.map(({ name }) => name)])];
  const fingerprint = reading.readings.find((one) => one.fingerprint !== null)?.fingerprint ?? null;
  if (unseen.length === 0 || !guarded) return { judgement: { ...judgement, objects }, relations, fingerprint };
  const finding = {
    rule: 'sql.read',
    class: 'bulk_read',
    span: [0, sql.length],
    subject: sql.slice(0, 200),
    assets: unseen,
  } as const;
  const strict = atLeast({ ...judgement, objects, findings: [...judgement.findings, finding] }, 'needs_ticket');
  return { judgement: strict, relations, fingerprint };
}

function atLeast(judgement: Judgement, verdict: VerdictName): Judgement {
  return VERDICTS.indexOf(judgement.verdict) >= VERDICTS.indexOf(verdict) ? judgement : { ...judgement, verdict };
}

/** `members`, `shop.members` and `db.shop.members` may all be `shop.members`; `other.members` is another table. */
function isOf({ name }: ProtectedAsset, relation: string): boolean {
  const [table = '', schema] = relation.toLowerCase().split('.').reverse();
  const [wanted = '', ofSchema] = name.toLowerCase().split('.').reverse();
  const isTable = wanted === '*' || wanted === table;
  return isTable && (schema === undefined ? wanted !== '*' : ofSchema === undefined || ofSchema === schema);
}
