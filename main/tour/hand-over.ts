/** Data on their way to another system: the vault, both owners, what was promised beside what is carried. */
import { z } from 'zod';
import { AnyTicketAnswer, TourPerson } from './console.ts';
import { askForExport } from './enrol.ts';
import { EXPORT, expectRefusal, REFUSED, type Run, type Story } from './model.ts';
import { type Parcel, ParcelAnswer, pickUp, Receiver } from './pick-up.ts';
import { expect } from './report.ts';

interface HandOver extends Story {
  readonly aoki: TourPerson;
  /** As Aoki, at the customer server. */
  readonly run: Run;
}
type Asked = z.output<typeof AnyTicketAnswer>['ticket'];
type Asking = Pick<HandOver, 'report' | 'running' | 'aoki'>;

const PEOPLE_PROMISED = 50;
const HOUR_SECONDS = 3_600;
const ChoicesAnswer = z.object({ systems: z.array(z.object({ id: z.string(), name: z.string() })) });
const ParcelsAnswer = z.object({
  parcels: z.array(z.object({ number: z.number(), ticket: z.object({ id: z.string() }) })),
});

export async function handOver(story: HandOver): Promise<void> {
  const [tanaka, mori] = await Promise.all(
    ['tanaka', 'mori'].map((login) => TourPerson.signIn(login, story.running.publicUrl)),
  );
  expect(tanaka !== undefined && mori !== undefined, 'both owners', undefined);
  const parcel = await exportIntoVault(story, tanaka);
  const receiver = new Receiver(story, parcel.number);
  await refusedByOne({ ...story, parcel, receiver }, tanaka, mori);
  await heldForMore({ ...story, parcel, receiver }, tanaka, mori);
  await pickUp(story, receiver);
}

async function exportIntoVault({ aoki, report, run }: HandOver, tanaka: TourPerson): Promise<Parcel> {
  report.step('The same export, asked for as a parcel for the vault: nothing of it reaches the workstation');
  const refused = await run(EXPORT);
  expect(refused.status === REFUSED, 'a refusal first', refused.stderr);
  const { ticket } = await askForExport(aoki, refused.stderr, { destination: 'vault' });
  await say(tanaka, ticket, 'approve');
  const exported = await run(EXPORT);
  expect(
    exported.status === 0 && exported.stdout.length === 0,
    'exit 0 and not one byte here',
    exported.stdout.toString(),
  );
  const { parcels } = await aoki.getWhen('/api/parcels', ParcelsAnswer, (list) =>
    list.parcels.some((one) => one.ticket.id === ticket.id),
  );
  const number = parcels.find((one) => one.ticket.id === ticket.id)?.number ?? 0;
  const { parcel } = await aoki.getWhen(
    `/api/parcels/${number}`,
    ParcelAnswer,
    (one) => one.parcel.state === 'released',
  );
  report.fact(
    `P-${number}: encrypted, inspected by its contents (${parcel.types?.join(', ')}): ${parcel.rows} rows, ${parcel.people} people`,
  );
  return parcel;
}

interface OnTheWay extends Asking {
  readonly parcel: Parcel;
  readonly receiver: Receiver;
}

async function refusedByOne(way: OnTheWay, tanaka: TourPerson, mori: TourPerson): Promise<void> {
  const { report, parcel, receiver } = way;
  report.step(`Aoki asks to hand P-${parcel.number} to the billing system: one owner says yes, the other no`);
  const asked = await askTransfer(way, {});
  await say(tanaka, asked, 'approve');
  const { state } = await say(mori, asked, 'reject');
  expect(state === 'rejected', 'a rejected transfer', state);
  report.fact(`Tanaka (customers) approves, Mori (billing) rejects: T-${asked.number} is ${state}`);
  await receiver.refused('no ticket, no parcel: the billing system does not even learn that it is there');
}

async function heldForMore(way: OnTheWay, tanaka: TourPerson, mori: TourPerson): Promise<void> {
  const { aoki, report, parcel, receiver } = way;
  report.step(
    `Aoki asks again and promises ${PEOPLE_PROMISED} people; both approve. The parcel carries more: it is held`,
  );
  const asked = await askTransfer(way, { peopleExpected: PEOPLE_PROMISED });
  for (const owner of [tanaka, mori]) await say(owner, asked, 'approve');
  await receiver.refused('held before its first byte');
  const held = (await seen(aoki, parcel.number)).parcel;
  const difference = held.differences.find(({ kind }) => kind === 'people');
  expect(held.state === 'held' && difference !== undefined, 'a parcel that is held for its people', held);
  report.fact(
    `promised ${difference.promised} people, found ${difference.found}: P-${parcel.number} waits for both owners`,
  );
  const own = await aoki.post(`/api/parcels/${parcel.number}/decision`, { decision: 'release', reason: '確認した' });
  expectRefusal(own, { status: 403, code: 'own_request' });
  report.fact('Aoki, who asked for it, may not let it go: own_request');
  for (const owner of [tanaka, mori]) {
    const reason = '全件の引き渡しであることを確認した';
    const let_go = await owner.post(`/api/parcels/${parcel.number}/decision`, { decision: 'release', reason });
    expect(let_go.status === 204, 'the decision', let_go.text);
    report.fact(`${owner.login} lets it go: P-${parcel.number} is ${(await seen(owner, parcel.number)).parcel.state}`);
  }
}

async function seen(person: TourPerson, number: number): Promise<z.output<typeof ParcelAnswer>> {
  return ParcelAnswer.parse((await person.get(`/api/parcels/${number}`)).json);
}

async function askTransfer({ aoki, parcel }: OnTheWay, promise: { readonly peopleExpected?: number }): Promise<Asked> {
  const { systems } = ChoicesAnswer.parse((await aoki.get('/api/tickets/choices')).json);
  const idOf = (name: string): string | undefined => systems.find((system) => system.name === name)?.id;
  const asked = await aoki.post('/api/tickets/transfer', {
    ...{ from: idOf('crm'), to: idOf('billing'), parcel: parcel.number, lastsSeconds: HOUR_SECONDS, ...promise },
    purpose: '月次の請求に使う顧客一覧の引き渡し',
    description: '請求システムが取り込む顧客一覧。',
  });
  expect(asked.status === 201, 'the transfer to be asked for', asked.text);
  return AnyTicketAnswer.parse(asked.json).ticket;
}

async function say(owner: TourPerson, { id, actDigest }: Asked, decision: 'approve' | 'reject'): Promise<Asked> {
  const reason = decision === 'approve' ? '引き渡す内容を確認した' : '件数の見込みが書かれていない';
  const said = await owner.post(`/api/tickets/${id}/decision`, { decision, reason, actDigest });
  expect(said.status === 200, `the word of ${owner.login}`, said.text);
  return AnyTicketAnswer.parse(said.json).ticket;
}
