import { listOpenServers } from '../../../identity/index.ts';
import type { PersonId } from '../../../policy/index.ts';
import type { SshDeps } from '../model.ts';
import { shown } from '../printable.ts';

const CHOICES_SHOWN = 10;

/** What to type in place of a name that several of the person's targets have: `crm-db%crm, crm-db%billing`. */
export async function choicesFor(
  deps: Pick<SshDeps, 'database' | 'clock'>,
  { person, loginName }: { person: { readonly id: PersonId }; loginName: string },
): Promise<string> {
  const open = await listOpenServers(deps, person.id);
  const choices = open.filter((target) => target.name === loginName).map(({ loginName }) => shown(loginName));
  return choices.slice(0, CHOICES_SHOWN).join(', ');
}
