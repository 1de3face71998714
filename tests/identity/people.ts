/** A database with a clock that stands, and people in it. */
import { z } from 'zod';
import { type Database, many, sql } from '../../foundation/index.ts';
import { type Claims, decideSignIn, findSignIn, provisionPerson } from '../../identity/index.ts';
import type { Principal, Role } from '../../policy/index.ts';
import { freshDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const ISSUER = 'https://login.example.com';

export interface House extends AsyncDisposable {
  readonly database: Database;
  readonly owner: Database;
  readonly clock: ManualClock;
  readonly signIn: (subject: string, ...roles: Role[]) => Promise<Principal>;
  /** Audit events in order, of one type when it is named. */
  readonly events: (type?: string) => Promise<{ type: string; actor: string | null; body: unknown }[]>;
}

export const claimsOf = (subject: string, ...roles: Role[]): Claims => ({
  issuer: ISSUER,
  subject,
  name: `Name of ${subject}`,
  email: `${subject}@example.com`,
  employer: 'Mihon Direct',
  locale: 'ja',
  roles,
});

export async function house(): Promise<House> {
  const { database, owner, ...fresh } = await freshDatabase({ poolSize: 8 });
  const clock = new ManualClock();
  const event = z.strictObject({ type: z.string(), actor: z.string().nullable(), body: z.unknown() });
  return {
    database,
    owner,
    clock,
    signIn: async (subject, ...roles) => ({
      person: await provisionPerson({ database, clock }, claimsOf(subject, ...roles)),
      signedInBy: 'oidc',
    }),
    events: (type) =>
      many(
        database,
        sql(event)`
          SELECT type, actor_id AS actor, body FROM audit_events
          WHERE ${type ?? null}::text IS NULL OR type = ${type ?? null} ORDER BY seq`,
      ),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  };
}

/** The code of the refusal, `accepted` when there is none. */
export async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
    return 'accepted';
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) return String(thrown.code);
    throw thrown;
  }
}

/** Decides as somebody does who picks the words that the terminal shows. */
export async function decideShown(
  deps: Parameters<typeof decideSignIn>[0],
  who: Principal,
  { code, decision }: { code: string; decision: 'approved' | 'denied' },
): Promise<void> {
  const words = (await findSignIn(deps, code))?.words ?? null;
  await decideSignIn(deps, who, { code, decision, words });
}
