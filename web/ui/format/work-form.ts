import { fromLocalField } from './dates.ts';
import { wholeNumber } from './export-form.ts';

/** What stands in the forms for work, transfers and emergencies. */
export interface WorkFields {
  readonly targets: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly purpose: string;
  /** The work plan, or what is handed over. */
  readonly plan: string;
  readonly parcel: number | string;
  /** `chosen`: from a time until a time. `approval`: so many hours from the approval. */
  readonly window: 'chosen' | 'approval';
  readonly notBefore: string;
  readonly notAfter: string;
  readonly hours: number | string;
}

export type WorkKind = 'access' | 'transfer' | 'emergency';
export type WorkProblem = 'required' | 'number' | 'moment' | 'order';
export type WorkProblems = Partial<Record<keyof WorkFields, WorkProblem>>;

/** What the form can see for itself before it asks; the gateway decides. */
export function workProblems(kind: WorkKind, fields: WorkFields): WorkProblems {
  const problems: WorkProblems = {};
  if (kind !== 'transfer' && fields.targets.length === 0) problems.targets = 'required';
  if (kind === 'transfer' && fields.from === '') problems.from = 'required';
  if (kind === 'transfer' && (fields.to === '' || fields.to === fields.from)) problems.to = 'required';
  if (fields.purpose.trim() === '') problems.purpose = 'required';
  if (kind !== 'emergency' && fields.plan.trim() === '') problems.plan = 'required';
  if (fields.parcel !== '' && wholeNumber(fields.parcel) === undefined) problems.parcel = 'number';
  return { ...problems, ...windowProblems(kind, fields) };
}

function windowProblems(kind: WorkKind, fields: WorkFields): WorkProblems {
  if (kind === 'emergency' || fields.window === 'approval') {
    return wholeNumber(fields.hours) === undefined ? { hours: 'number' } : {};
  }
  const from = fromLocalField(fields.notBefore);
  const until = fromLocalField(fields.notAfter);
  if (from === undefined) return { notBefore: 'moment' };
  if (until === undefined) return { notAfter: 'moment' };
  return until <= from ? { notAfter: 'order' } : {};
}

const HOUR_SECONDS = 3_600;

/** As the API takes it; undefined while something is missing. */
export function toWorkRequest(kind: WorkKind, fields: WorkFields): object | undefined {
  if (Object.keys(workProblems(kind, fields)).length > 0) return undefined;
  const hours = wholeNumber(fields.hours) ?? 0;
  const [purpose, plan] = [fields.purpose.trim(), fields.plan.trim()];
  if (kind === 'emergency') return { targets: fields.targets, reason: purpose, hours };
  const window =
    fields.window === 'approval'
      ? { lastsSeconds: hours * HOUR_SECONDS }
      : {
          notBefore: fromLocalField(fields.notBefore)?.toISOString(),
          notAfter: fromLocalField(fields.notAfter)?.toISOString(),
        };
  if (kind === 'access') return { targets: fields.targets, purpose, workPlan: plan, ...window };
  const parcel = fields.parcel === '' ? null : (wholeNumber(fields.parcel) ?? null);
  return { from: fields.from, to: fields.to, purpose, description: plan, parcel, ...window };
}
