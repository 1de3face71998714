/** What every maintainer of the story begins with: a sign-in, a key, and the request that a refusal's link opens. */
import { join } from 'node:path';
import type { SshDestination } from '../../demo/index.ts';
import { systemClock } from '../../foundation/index.ts';
import { Refused, RefusedActAnswer, TicketAnswer, TourPerson } from './console.ts';
import { type Story, TARGET } from './model.ts';
import { expect } from './report.ts';

const DAY_MS = 86_400_000;

export interface Maintainer {
  readonly person: TourPerson;
  readonly destination: SshDestination;
}

export async function signInAndEnrol({ report, running, ssh, directory }: Story, login: string): Promise<Maintainer> {
  const person = await TourPerson.signIn(login, running.publicUrl);
  const keyPath = join(directory, `${login}_ed25519`);
  const publicKey = await ssh.createKey(keyPath);
  const enrolled = await person.post('/api/ssh-keys', { publicKey, label: 'tour' });
  const known = Refused.safeParse(enrolled.json);
  expect(
    enrolled.status === 201 || (known.success && known.data.error.code === 'key_taken'),
    'the key to be enrolled',
    enrolled.text,
  );
  report.output(enrolled.status === 201 ? enrolled.text : 'the key of an earlier tour is still enrolled');
  const destination: SshDestination = {
    host: running.ssh.host,
    port: running.ssh.port,
    loginName: TARGET,
    keyPath,
    hostKeyLine: running.ssh.hostKeyLine,
    knownHostsPath: join(directory, 'known_hosts'),
  };
  return { person, destination };
}

/**
 * Asks for the export that was refused. @param shown what the refusal said, with its link
 * @param limits asked for instead of what is suggested for the act
 */
export async function askForExport(
  person: TourPerson,
  shown: string,
  limits: { readonly rowsMax?: number; readonly destination?: 'vault' },
): Promise<ReturnType<typeof TicketAnswer.parse> & ReturnType<typeof RefusedActAnswer.parse>> {
  const link = /https?:\S+\/tickets\/new\?act=([0-9a-f-]{36})/.exec(shown);
  expect(link?.[1] !== undefined, 'a link that opens the ticket', shown);
  const act = await person.get(`/api/refused-acts/${link[1]}`);
  expect(act.status === 200, 'the refused act', act.text);
  const { refusedAct } = RefusedActAnswer.parse(act.json);
  const now = systemClock.now().getTime();
  const asked = await person.post('/api/tickets', {
    refusedActId: link[1],
    purpose: '委託元からの照会 (受付番号 2026-114) への回答に使う顧客一覧',
    client: '株式会社サンプル',
    ...refusedAct.suggested,
    ...limits,
    notBefore: new Date(now).toISOString(),
    notAfter: new Date(now + DAY_MS).toISOString(),
  });
  expect(asked.status === 201, 'the ticket to be filed', asked.text);
  return { refusedAct, ...TicketAnswer.parse(asked.json) };
}
