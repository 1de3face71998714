import type { Locale, Role } from '../policy/index.ts';

/** An invented person of the demonstration. `subject` is the word they sign in with and their `sub` claim. */
export interface DemoPerson {
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  readonly employer: string;
  readonly locale: Locale;
  readonly roles: readonly Role[];
}

const COMPANY = 'Mihon Direct';

/** One of each role, a second maintainer who comes from a contractor, and an administrator who owns a system too. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('aoki', '青木 真', 'maintainer', 'ja'),
  { ...person('chen', 'Chen Wei', 'maintainer', 'en'), employer: 'East Maintenance' },
  person('tanaka', '田中 花子', 'owner', 'ja'),
  person('suzuki', '鈴木 一郎', 'auditor', 'ja'),
  person('kimura', '木村 さくら', 'security_officer', 'ja'),
  person('yamada', '山田 太郎', 'administrator', 'ja'),
  { ...person('mori', '森 健', 'administrator', 'ja'), roles: ['administrator', 'owner'] },
];

function person(subject: string, name: string, role: Role, locale: Locale): DemoPerson {
  return { subject, name, email: `${subject}@example.com`, employer: COMPANY, locale, roles: [role] };
}
