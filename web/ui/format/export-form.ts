import type { Destination } from '../api/schemas.ts';
import { fromLocalField } from './dates.ts';

/** What stands in the fields of the ticket form, as text or number. */
export interface ExportFields {
  readonly purpose: string;
  readonly client: string;
  readonly rowsMax: number | string;
  readonly bytesMax: number | string;
  readonly destination: Destination;
  /** Who receives it, where it goes to another system or outside. */
  readonly recipient: string;
  readonly legalBasis: string;
  readonly clientInformed: 'yes' | 'no' | '';
  /** '' when nobody says. */
  readonly deleteBy: string;
  readonly scope: 'act' | 'class';
  readonly usesMax: number | string;
  readonly notBefore: string;
  readonly notAfter: string;
}

export type FieldProblem = 'required' | 'number' | 'moment' | 'order' | 'past';
export type ExportProblems = Partial<Record<keyof ExportFields, FieldProblem>>;

/** What the form can see for itself before it asks; the gateway decides. */
export function problemsOf(fields: ExportFields, now: Date): ExportProblems {
  const from = fromLocalField(fields.notBefore);
  const until = fromLocalField(fields.notAfter);
  const problems: ExportProblems = {};
  if (fields.purpose.trim() === '') problems.purpose = 'required';
  if (wholeNumber(fields.rowsMax) === undefined) problems.rowsMax = 'number';
  if (wholeNumber(fields.bytesMax) === undefined) problems.bytesMax = 'number';
  if (wholeNumber(fields.usesMax) === undefined) problems.usesMax = 'number';
  if (needsRecipient(fields) && fields.recipient.trim() === '') problems.recipient = 'required';
  if (fields.deleteBy !== '' && fromLocalField(fields.deleteBy) === undefined) problems.deleteBy = 'moment';
  if (from === undefined) problems.notBefore = 'moment';
  if (until === undefined) problems.notAfter = 'moment';
  else if (until <= now) problems.notAfter = 'past';
  else if (from !== undefined && until <= from) problems.notAfter = 'order';
  return problems;
}

/** A whole number of at least 1 that a number can hold exactly, or undefined. */
export function wholeNumber(value: number | string): number | undefined {
  const number = typeof value === 'number' ? value : Number(value.trim() === '' ? Number.NaN : value);
  return Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

export function needsRecipient({ destination }: Pick<ExportFields, 'destination'>): boolean {
  return destination === 'system' || destination === 'outside';
}
