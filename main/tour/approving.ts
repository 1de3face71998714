/** Nobody says yes to what they asked for, whatever they own or administer: each tries, and who else may is shown. */
import { z } from 'zod';
import { AnyTicketAnswer, TourPerson } from './console.ts';
import { expectRefusal, type Story } from './model.ts';
import { expect } from './report.ts';

const SystemsAnswer = z.object({ systems: z.array(z.object({ id: z.string(), name: z.string() })) });
const MissingAnswer = z.object({ missing: z.array(z.object({ as: z.string(), why: z.array(z.string()).optional() })) });
type Asked = { readonly id: string; readonly number: number; readonly actDigest: string };

const CRM = 'crm';
const BILLING = 'billing';
const HOUR_SECONDS = 3_600;

/** What a maintainer tries was tried already: here are the only owner of a system, and an administrator. */
export async function refuseOwnYes(story: Story): Promise<void> {
  const { report, running } = story;
  const tanaka = await TourPerson.signIn('tanaka', running.publicUrl);
  const mori = await TourPerson.signIn('mori', running.publicUrl);
  const kimura = await TourPerson.signIn('kimura', running.publicUrl);

  report.step('Tanaka, the only owner of the customer system, asks for a transfer and tries to approve it: refused');
  const asked = await askTransfer(tanaka, { from: CRM, to: BILLING });
  await refusedOwn(story, tanaka, asked);
  const missing = await whoseYes(tanaka, asked);
  expect(missing.includes('second_line (sole_owner)'), 'the second line in the place of the only owner', missing);
  report.fact(`whose yes T-${asked.number} needs instead: ${missing.join(', ')}`);
  for (const approver of [mori, kimura]) await approve(story, approver, asked);

  report.step('Mori, an administrator and the only owner of the billing system, tries the same: refused');
  const other = await askTransfer(mori, { from: BILLING, to: CRM });
  await refusedOwn(story, mori, other);

  report.step('Yamada, an administrator who owns nothing of it, tries to approve it: there is no shortcut');
  const yamada = await TourPerson.signIn('yamada', running.publicUrl);
  const { id, actDigest } = other;
  const tried = await yamada.post(`/api/tickets/${id}/decision`, { decision: 'approve', reason: '代理', actDigest });
  report.output(tried.text);
  expectRefusal(tried, { status: 404, code: 'not_found' });
  await tellRule(story, id, 'not_an_owner');
  const withdrawn = await mori.post(`/api/tickets/${id}/withdraw`, {});
  expect(withdrawn.status === 200, 'the request to be withdrawn', withdrawn.text);
}

async function askTransfer(person: TourPerson, { from, to }: { from: string; to: string }): Promise<Asked> {
  const { systems } = SystemsAnswer.parse((await person.get('/api/tickets/choices')).json);
  const idOf = (name: string): string | undefined => systems.find((system) => system.name === name)?.id;
  const asked = await person.post('/api/tickets/transfer', {
    ...{ from: idOf(from), to: idOf(to), parcel: null, lastsSeconds: HOUR_SECONDS },
    purpose: '月次の請求に使う顧客番号の引き渡し',
    description: '顧客番号と契約区分の一覧。氏名と連絡先は含まない。',
  });
  expect(asked.status === 201, 'the transfer to be asked for', asked.text);
  return AnyTicketAnswer.parse(asked.json).ticket;
}

async function refusedOwn(story: Story, person: TourPerson, { id, actDigest }: Asked): Promise<void> {
  const own = await person.post(`/api/tickets/${id}/decision`, { decision: 'approve', reason: '確認済み', actDigest });
  story.report.output(own.text);
  expectRefusal(own, { status: 403, code: 'own_request' });
  await tellRule(story, id, 'own_request');
}

async function whoseYes(person: TourPerson, { id }: Asked): Promise<string[]> {
  const { missing } = MissingAnswer.parse((await person.get(`/api/tickets/${id}`)).json);
  return missing.map(({ as, why }) => (why === undefined ? as : `${as} (${why.join(', ')})`));
}

async function approve({ report }: Story, person: TourPerson, { id, number, actDigest }: Asked): Promise<void> {
  const reason = '引き渡す項目を確認した';
  const approved = await person.post(`/api/tickets/${id}/decision`, { decision: 'approve', reason, actDigest });
  expect(approved.status === 200, 'the approval', approved.text);
  report.fact(`${person.login} approves; T-${number} is ${AnyTicketAnswer.parse(approved.json).ticket.state}`);
}

const EventsAnswer = z.object({
  events: z.array(
    z.object({ ticket: z.string().nullish(), body: z.object({ decision: z.string(), reason: z.string() }) }),
  ),
});

/** The refusal as the audit log has it: by which rule. */
async function tellRule({ report, running }: Story, ticket: string, rule: string): Promise<void> {
  const suzuki = await TourPerson.signIn('suzuki', running.publicUrl);
  const answer = await suzuki.get('/api/audit-events?type=ticket.decision_refused');
  const event = EventsAnswer.parse(answer.json).events.find((one) => one.ticket === ticket);
  expect(event?.body.reason === rule, `an event of the refusal by the rule ${rule}`, answer.text.slice(0, 500));
  report.fact(`audit event ticket.decision_refused: ${event.body.decision}, by the rule ${rule}`);
}
