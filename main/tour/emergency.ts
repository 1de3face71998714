/** Emergency work: it begins with nobody's yes, everybody is told, and its review does not go away. */
import { join } from 'node:path';
import { z } from 'zod';
import { customersDirectoryOf } from '../../demo/index.ts';
import { TourPerson } from './console.ts';
import type { Maintainer } from './enrol.ts';
import { expectRefusal, type Story, TARGET } from './model.ts';
import { expect } from './report.ts';

const EmergencyAnswer = z.object({
  ticket: z.object({ id: z.string(), number: z.number(), state: z.string(), reviewBy: z.string() }),
});
type Emergency = z.output<typeof EmergencyAnswer>['ticket'];

export async function workInEmergency(story: Story, maintainer: Maintainer): Promise<void> {
  const { report } = story;
  const { person: chen } = maintainer;
  report.step('Chen needs file transfer in the night, which no grant of Chen’s allows: refused');
  await triesFiles(story, maintainer, 'access_action_not_granted');
  report.fact('stopped by the rule action_not_granted: there is no session');

  report.step('Chen starts an emergency: it opens at once, is told to everybody, and its review is due');
  const started = await start(chen);
  report.fact(`ticket T-${started.number} is ${started.state}; its review is due by ${started.reviewBy}`);
  for (const login of ['tanaka', 'kimura']) await told(story, login, started);
  await triesFiles(story, maintainer, 'ticket_required');
  report.fact('the door is open, and the gate still holds: protected data needs a ticket in an emergency, too');

  report.step('Chen ends it, writes the work report, and tries to review it: refused. Tanaka reviews');
  await step(chen, started, 'finish', {});
  await step(chen, started, 'report', { text: '夜間バッチの停止を確認し、名前解決の設定を取得して修正した。' });
  const review = { finding: 'in_order', reason: '作業報告と録画を確認した' };
  const own = await chen.post(`/api/tickets/${started.id}/review`, review);
  report.output(own.text);
  expectRefusal(own, { status: 403, code: 'own_request' });
  const tanaka = await TourPerson.signIn('tanaka', story.running.publicUrl);
  const { state } = await step(tanaka, started, 'review', review);
  expect(state === 'reviewed', 'a reviewed emergency', state);
  report.fact(`ticket T-${started.number} is ${state}, by the owner`);
}

/** The customers' file, by sftp: `code` is why it is refused, and by which part of the gateway. */
async function triesFiles(
  { report, running, ssh, directory }: Story,
  { destination }: Maintainer,
  code: string,
): Promise<void> {
  const file = join(await customersDirectoryOf(running.directory.demo), 'customers.tsv');
  report.command(`sftp -P ${destination.port} ${TARGET}@${destination.host}    # get ${file}`);
  const got = await ssh.getFile(destination, file, join(directory, 'customers-at-night.tsv'));
  report.output(got.stderr);
  // The built-in client is told the server's word alone.
  const said = !ssh.isOpenSsh || got.stderr.includes(code);
  expect(got.status !== 0 && said, `no file, because of ${code}`, got.stderr);
}

async function start(chen: TourPerson): Promise<Emergency> {
  const started = await chen.post('/api/tickets/emergency', {
    targets: await chen.targetsNamed(TARGET),
    reason: '夜間バッチが名前解決の誤りで停止した。承認者に連絡がつかない',
    hours: 1,
  });
  expect(started.status === 201, 'the emergency to begin', started.text);
  return EmergencyAnswer.parse(started.json).ticket;
}

async function told({ report, running }: Story, login: string, { id }: Emergency): Promise<void> {
  const person = await TourPerson.signIn(login, running.publicUrl);
  await person.getNews('emergency.started', id);
  report.fact(`${login} has the notification emergency.started`);
}

async function step(person: TourPerson, { id }: Emergency, name: string, content: unknown): Promise<Emergency> {
  const taken = await person.post(`/api/tickets/${id}/${name}`, content);
  expect(taken.status === 200, `the step ${name}`, taken.text);
  return EmergencyAnswer.parse(taken.json).ticket;
}
