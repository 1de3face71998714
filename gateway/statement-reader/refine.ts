/** What the parsers know beyond the scanner. It makes an answer stricter or names more; it never makes one milder. */
import { LIMITS } from '../../foundation/index.ts';
import {
  type CarriedStatement,
  type Finding,
  guards,
  type Judgement,
  type ProtectedAsset,
  tablesInStatement,
  type TargetPolicy,
  VERDICTS,
  type VerdictName,
} from '../../policy/index.ts';
import type { StatementReading } from './model.ts';

/** Characters of a finding's subject. */
const SUBJECT_MAX = 200;
const NOT_READ: StatementReading = { read: false, why: 'failed' };

export interface Refined {
  readonly judgement: Judgement;
  readonly relations: readonly string[];
  readonly fingerprint: string | null;
}

export interface Beside {
  readonly judgement: Judgement;
  readonly policy: TargetPolicy;
  readonly reading: StatementReading;
  /** Where the statement stands in the judged text; the whole of it without. */
  readonly span?: Finding['span'];
}

export function refineStatement(sql: string, { judgement, policy, reading, span = [0, sql.length] }: Beside): Refined {
  const isGuarded = guards(policy);
  const found = { span, subject: sql.slice(0, SUBJECT_MAX) };
  // A text that keeps a parser busy hides something or is nobody's daily work: a second person looks at it.
  const unread = { ...found, rule: 'sql.unread', class: 'unreadable', assets: [] } as const;
  const isUnread = isGuarded && (!reading.read || reading.gaveUp);
  const asked = isUnread ? withFinding(judgement, unread, 'ask') : judgement;
  if (!reading.read) return { judgement: asked, relations: [], fingerprint: null };
  const relations = [...new Set(reading.readings.flatMap((one) => one.relations))];
  const named = policy.assets.filter((asset) => asset.kind === 'table' && relations.some((name) => isOf(asset, name)));
  const unseen = named.map(({ name }) => name).filter((name) => !tablesInStatement(sql, policy).includes(name));
  const objects = [...new Set([...judgement.objects, ...named.map(({ name }) => name)])];
  const fingerprint = reading.readings.find((one) => one.fingerprint !== null)?.fingerprint ?? null;
  const naming = { ...asked, objects };
  if (unseen.length === 0 || !isGuarded) return { judgement: naming, relations, fingerprint };
  const finding = { ...found, rule: 'sql.read', class: 'bulk_read', assets: unseen } as const;
  return { judgement: withFinding(naming, finding, 'needs_ticket'), relations, fingerprint };
}

export interface RefineBy {
  readonly policy: TargetPolicy;
  readonly read: (sql: string) => Promise<StatementReading>;
}

/**
 * The judgement of a command beside what the parsers make of the SQL in it. Never rejects. Where nothing is guarded, or
 * no SQL is carried, nobody is asked and it resolves at once.
 */
export async function refineCommand(judgement: Judgement, { policy, read }: RefineBy): Promise<Judgement> {
  const carried = judgement.statements ?? [];
  if (carried.length === 0 || !guards(policy)) return judgement;
  // More statements than a person writes would hold up everybody else's: what is left over was not read.
  const some = carried.slice(0, LIMITS.statementsOfCommandMax);
  const readings = await Promise.all(some.map(({ text }) => read(text).catch(() => NOT_READ)));
  let refined = judgement;
  const statements = carried.map((statement, at): CarriedStatement => {
    const { text, span } = statement;
    const of = { judgement: refined, policy, reading: readings[at] ?? NOT_READ, span };
    const { judgement: next, relations, fingerprint } = refineStatement(text, of);
    refined = next;
    return { ...statement, relations, fingerprint };
  });
  return { ...refined, statements };
}

function withFinding(judgement: Judgement, finding: Finding, verdict: VerdictName): Judgement {
  const findings = [...judgement.findings, finding];
  const isStrict = VERDICTS.indexOf(judgement.verdict) >= VERDICTS.indexOf(verdict);
  return { ...judgement, findings, verdict: isStrict ? judgement.verdict : verdict };
}

/** `members`, `shop.members` and `db.shop.members` may all be `shop.members`; `other.members` is another table. */
function isOf({ name }: ProtectedAsset, relation: string): boolean {
  const [table = '', schema] = relation.toLowerCase().split('.').reverse();
  const [wanted = '', ofSchema] = name.toLowerCase().split('.').reverse();
  const isTable = wanted === '*' || wanted === table;
  return isTable && (schema === undefined ? wanted !== '*' : ofSchema === undefined || ofSchema === schema);
}
