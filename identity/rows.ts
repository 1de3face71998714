/** How database rows become the nouns of the house. */
import { z } from 'zod';
import { type Clock, type Database, LIMITS } from '../foundation/index.ts';
import {
  GRANT_ACTIONS,
  LOCK_KINDS,
  IDENTIFIER_KINDS,
  type Locale,
  METER_WINDOWS,
  type Person,
  type PersonId,
  type ProtectedAsset,
  type RiskSettings,
  ROLES,
  type SystemId,
  TARGET_MODES,
  TARGET_SIGN_INS,
  type Target,
  type TargetId,
} from '../policy/index.ts';

/** What every command of this room needs. */
export interface IdentityDeps {
  readonly database: Database;
  readonly clock: Clock;
}

const isUuid = (value: unknown): boolean => z.uuid().safeParse(value).success;

export const PersonIdSchema = z.custom<PersonId>(isUuid);
export const SystemIdSchema = z.custom<SystemId>(isUuid);
export const TargetIdSchema = z.custom<TargetId>(isUuid);

const LOCALES = ['en', 'ja'] as const satisfies readonly Locale[];
export const LocaleSchema = z.enum(LOCALES);
export const RoleSchema = z.enum(ROLES);
export const TargetModeSchema = z.enum(TARGET_MODES);
export const GrantActionSchema = z.enum(GRANT_ACTIONS);
export const LockKindSchema = z.enum(LOCK_KINDS);

export const PersonRow = z
  .strictObject({
    id: PersonIdSchema,
    name: z.string(),
    email: z.string().nullable(),
    employer: z.string(),
    locale: LocaleSchema,
    roles: z.array(RoleSchema),
    contract_ends_at: z.date().nullable(),
  })
  .transform(({ contract_ends_at, ...row }): Person => ({ ...row, contractEndsAt: contract_ends_at }));

export const TargetRow = z
  .strictObject({
    id: TargetIdSchema,
    system_id: SystemIdSchema,
    system_name: z.string(),
    name: z.string(),
    host: z.string(),
    port: z.number().int(),
    host_key: z.string().nullable(),
    host_ca: z.string().nullable(),
    mode: TargetModeSchema,
    legacy_algorithms: z.boolean(),
    source_address: z.string().nullable(),
    sign_in: z.enum(TARGET_SIGN_INS).optional(),
  })
  .transform(
    ({ system_id, system_name, host_key, host_ca, legacy_algorithms, source_address, sign_in, ...row }): Target => ({
      ...row,
      ...(sign_in === undefined ? {} : { signIn: sign_in }),
      systemId: system_id,
      systemName: system_name,
      hostKey: host_key,
      hostCa: host_ca,
      legacyAlgorithms: legacy_algorithms,
      sourceAddress: source_address,
    }),
  );

const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();
const windows = z.strictObject(Object.fromEntries(METER_WINDOWS.map((name) => [name, limit.optional()])));

/** As an inventory writes it and the database keeps it: `{ "persons": { "command": 100, "day": null }, "softRatio": 0.8 }`. */
export const RiskSettingsSchema = z.strictObject({
  persons: windows.optional(),
  rows: windows.optional(),
  bytes: windows.optional(),
  opaqueBytes: windows.optional(),
  files: windows.optional(),
  /** From which share of a limit on the person confirms in the browser; 1 asks nobody. */
  softRatio: z.number().gt(0).max(1).optional(),
  /** What is masked before it is shown. */
  redact: z.array(z.enum(IDENTIFIER_KINDS)).max(IDENTIFIER_KINDS.length).optional(),
  /** What the system names people by, beside the built-in identifiers; `pattern` is RE2 syntax. */
  identifiers: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, 63 at most'),
        kind: z.enum(IDENTIFIER_KINDS).default('custom'),
        pattern: z.string().min(1).max(LIMITS.identifierPatternCharactersMax),
        flags: z.string().max(3).default(''),
      }),
    )
    .max(LIMITS.identifierRulesMax)
    .optional(),
  /** Whether sessions need an approved access ticket. */
  tickets: z.enum(['required', 'optional']).optional(),
  /** `always`: a second factor for every connection, also one that a certificate signed in. */
  secondFactor: z.enum(['always']).optional(),
  /** How many different owners approve a ticket; 1 when left out. */
  approvers: z.int().min(1).max(5).optional(),
  /** Rows of an export beyond which a security officer approves as well; null: never for that. */
  secondLineRows: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().optional(),
  /** Hours after the end of approved work in which its work report is due; left out: none is asked for. */
  workReportHours: z.int().min(1).max(720).optional(),
});

export const RiskRow = RiskSettingsSchema.nullable().transform((row): RiskSettings => {
  const {
    softRatio = null,
    redact = [],
    identifiers = [],
    tickets,
    secondFactor,
    approvers: _,
    secondLineRows: __,
    workReportHours: ___,
    ...limits
  } = row ?? {};
  const gates = { ticketRequired: tickets === 'required', factorAlways: secondFactor === 'always' };
  return { limits, softRatio, redact, identifiers, ...gates };
});

/** `record_count` arrives as text (a bigint) or, out of a JSON aggregate, as a number. */
export const AssetRow = z
  .strictObject({
    kind: z.enum(['table', 'path']),
    name: z.string(),
    data_class: z.string(),
    record_count: z.union([z.null(), z.number().int(), z.string().regex(/^\d+$/).transform(Number)]),
    copy_of: z.string().optional(),
  })
  .transform(
    ({ data_class, record_count, copy_of, ...row }): ProtectedAsset => ({
      ...row,
      ...(copy_of === undefined ? {} : { copyOf: copy_of }),
      dataClass: data_class,
      recordCount: record_count,
    }),
  );
