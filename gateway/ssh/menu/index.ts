/**
 * `ssh bastion` alone: a list of what is open to the person, to choose from.
 *
 * The menu is no session: nothing is dialled, nothing recorded, and what is typed in it goes nowhere. What is chosen is
 * admitted afterwards exactly as if it had been the login name, on the same channel, and the channel ends with it.
 */
import { listOpenServers, loadAuthorizationFacts } from '../../../identity/index.ts';
import { authorizeTarget } from '../../../policy/index.ts';
import type { Caller, ChannelRequest, SshDeps } from '../model.ts';
import type { PersonSide } from '../person-side.ts';
import { itemsOf, plainList, wallOffset, zoneName } from './items.ts';
import { runMenu } from './run.ts';

export { choicesFor } from './choices.ts';

/** The login name to be admitted, or that the person left without one. */
export type Destination =
  | { readonly kind: 'named'; readonly loginName: string }
  | { readonly kind: 'left'; readonly isIdle: boolean };

export async function findDestination(
  deps: SshDeps,
  outside: PersonSide,
  caller: Caller,
  request: ChannelRequest,
): Promise<Destination> {
  const named: Destination = { kind: 'named', loginName: caller.loginName };
  if (request.start.kind !== 'shell' || caller.jumpedFrom !== undefined) return named;
  const why = await whyNotNamed(deps, caller);
  if (why === undefined) return named;
  const { locale } = caller.person;
  const offset = wallOffset(deps.clock.now());
  const zone = zoneName(offset);
  const items = itemsOf(await listOpenServers(deps, caller.person.id), { locale, offset });
  if (items.length === 0) {
    await outside.say('menu.empty', 'no_open_target', { url: deps.publicUrl.href });
    return named; // And refused, with its event, as anybody who names no target.
  }
  const { terminal } = request;
  if (terminal === undefined || terminal.term === 'dumb') {
    const { host, port } = deps.advertised;
    const example = `ssh -p ${port} ${items[0]?.loginName ?? ''}@${host}`;
    for (const line of plainList(items, { locale, zone, example })) await outside.sayText(line);
    return named;
  }
  const filter = why === 'ambiguous' ? caller.loginName : '';
  const choice = await runMenu(outside.channel, request, { items, filter, locale, zone });
  if (choice.kind === 'chosen') return { kind: 'named', loginName: choice.loginName };
  if (choice.kind === 'idle') await outside.say('menu.idle', 'idle');
  return { kind: 'left', isIdle: choice.kind === 'idle' };
}

/** Why the login name opens nothing that choosing could open; undefined: it opens, or the refusal is to be told. */
async function whyNotNamed(
  deps: SshDeps,
  { person, loginName }: Caller,
): Promise<'not_found' | 'ambiguous' | undefined> {
  const decision = authorizeTarget(await loadAuthorizationFacts(deps, { person, loginName, action: 'shell' }));
  if (decision.allowed) return undefined;
  return decision.reason === 'not_found' || decision.reason === 'ambiguous' ? decision.reason : undefined;
}
