import { z } from 'zod';
import { checkRules, isZone, TARGET_SIGN_INS, WebSettingsSchema } from '../../policy/index.ts';
import { asError, parseNetwork } from '../../foundation/index.ts';
import { GrantActionSchema, LocaleSchema, RiskSettingsSchema, RoleSchema, TargetModeSchema } from '../rows.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, 63 at most');
const targetName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}(%[a-z0-9][a-z0-9-]{0,62})?$/,
    'a target, or target%system where two systems have one of that name',
  );
const subject = z.string().min(1).max(255);
const title = z.string().min(1).max(200);
/** The last day of a contract, `YYYY-MM-DD` by the inventory's zone. */
const lastDay = z.iso.date();
const moment = z.union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]);

/** A person as the operator announces them; `subject` is theirs at the identity provider named by `issuer`. */
const InventoryPersonSchema = z.strictObject({
  subject,
  name: z.string().min(1).max(200),
  email: z.string().max(320).nullable().default(null),
  employer: z.string().max(200).default(''),
  locale: LocaleSchema.default('en'),
  roles: z.array(RoleSchema),
  /** When a contractor's contract ends, or the last day of it, which still counts; no access after it. */
  contractEndsAt: z.union([moment, lastDay]).nullable().default(null),
  /** Subject of who vouches for a contractor here. */
  sponsor: subject.nullable().optional(),
  /** Subject of the person they report to. */
  manager: subject.nullable().optional(),
});

/** A pattern that cannot be used is refused here, by its rule's name, before a session would be for it. */
function checkIdentifiers({ identifiers = [] }: z.infer<typeof RiskSettingsSchema>, context: z.RefinementCtx): void {
  try {
    checkRules(identifiers);
  } catch (thrown) {
    context.addIssue({ code: 'custom', path: ['identifiers'], message: asError(thrown).message });
  }
}

const InventorySystemSchema = z.strictObject({
  name,
  titleEn: title,
  titleJa: title,
  /** How much may be shown of the system's data; absent: as docs/meters.md lists. */
  risk: RiskSettingsSchema.superRefine(checkIdentifiers).nullable().default(null),
  /** Subjects of the persons who answer for the system. */
  owners: z.array(subject),
  /** How well it protects what it is given, 1 to 4: a parcel never moves to a system of a lower class. */
  protectionClass: z.number().int().min(1).max(4).default(1),
  /** By which keys, and from which addresses, the system itself comes to the relay. */
  relay: z
    .array(
      z.strictObject({
        name,
        publicKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/, 'ssh-ed25519 and the key in base64'),
        sources: z
          .array(z.string().refine((text) => parseNetwork(text) !== undefined, 'an address or a CIDR'))
          .min(1)
          .max(32),
      }),
    )
    .max(32)
    .default([]),
  assets: z
    .array(
      z.strictObject({
        kind: z.enum(['table', 'path']),
        name: z.string().min(1).max(1024),
        dataClass: z.string().min(1).max(100),
        recordCount: z.number().int().min(0).nullable().default(null),
      }),
    )
    .default([]),
});

const publicKey = z.string().regex(/^[a-z0-9-]+ [A-Za-z0-9+/=]+$/, 'an algorithm and the key in base64');

const InventoryTargetSchema = z
  .strictObject({
    name,
    system: name,
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'a host name or an address'),
    port: z.number().int().min(1).max(65535),
    /** The pinned host key, `algorithm base64`, as in known_hosts. */
    hostKey: publicKey.nullable().default(null),
    /** The authority whose host certificates for this host are accepted instead of, or beside, a pinned key. */
    hostCa: publicKey.nullable().default(null),
    mode: TargetModeSchema,
    /** Speaks algorithms that are no longer safe: an exception, shown wherever the target is. */
    legacyAlgorithms: z.boolean().default(false),
    /** From where the target sees the gateway come: CIDRs, commas between. Session certificates are bound to it. */
    sourceAddress: z
      .string()
      .regex(/^[0-9a-fA-F.:/,]{1,500}$/, 'addresses or CIDRs, commas between')
      .nullable()
      .default(null),
    /**
     * An ordinary account of its own, on it alone, under which the gateway looks at which accounts there are; null: nobody
     * looks. Its certificate runs one fixed command and nothing else.
     */
    inspectAs: z
      .string()
      .regex(/^[a-z_][a-z0-9_.-]{0,31}$/, 'a POSIX account name, 32 characters at most')
      .refine((name) => name !== 'root', 'must not be root')
      .nullable()
      .default(null),
    /** `password`: it knows no certificates; the gateway keeps a secret for each account and signs in with it. */
    signIn: z.enum(TARGET_SIGN_INS).default('certificate'),
    /** `after_use`: the gateway changes that secret there, by passwd(1), once a session that used it has ended. */
    rotateSecret: z.enum(['never', 'after_use']).default('never'),
    /** The relay host through which it is reached. */
    via: targetName.nullable().default(null),
    /** A site, and how it is spoken to; null: a server that is entered by SSH. */
    web: WebSettingsSchema.nullable().default(null),
  })
  .refine(({ mode, web }) => (web === null ? mode !== 'guarded-web' : mode === 'guarded-web' || mode === 'recorded'), {
    message: 'a site is guarded-web or recorded, and nothing else is guarded-web',
  })
  .refine(({ signIn, rotateSecret }) => rotateSecret === 'never' || signIn === 'password', {
    message: 'only the secret of a target with signIn password is rotated',
  })
  .refine(({ via, rotateSecret }) => via === null || rotateSecret === 'never', {
    message: 'behind a relay host no secret is rotated',
  })
  .refine(({ via, web }) => via === null || web === null, { message: 'a site is reached directly' });

const InventoryAccountSchema = z.strictObject({
  target: targetName,
  /** Subject of the one person the account belongs to. */
  person: subject,
  account: z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/, 'a POSIX account name, 32 characters at most'),
});

const InventoryGrantSchema = z.strictObject({
  target: targetName,
  /** Subject of the person. */
  person: subject,
  actions: z.array(GrantActionSchema).min(1),
  expiresAt: moment,
});

/**
 * What the operator announces: who there is, which systems with which owners and protected assets, which targets,
 * whose accounts, who may reach what until when. `issuer` is the identity provider the subjects belong to.
 */
export const InventorySchema = z.strictObject({
  issuer: z.url(),
  /** IANA name of the zone whose days contracts end with. */
  zone: z.string().max(64).refine(isZone, 'must be the IANA name of a time zone').default('Asia/Tokyo'),
  people: z.array(InventoryPersonSchema),
  systems: z.array(InventorySystemSchema),
  targets: z.array(InventoryTargetSchema),
  accounts: z.array(InventoryAccountSchema),
  grants: z.array(InventoryGrantSchema),
});

export type Inventory = z.output<typeof InventorySchema>;
/** The inventory as it is written down, before defaults. */
export type InventoryInput = z.input<typeof InventorySchema>;
