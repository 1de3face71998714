/** A request that nobody answers climbs by itself to who may answer instead. */
import { z } from 'zod';
import type { Config } from '../../config/index.ts';
import { systemClock } from '../../foundation/index.ts';
import { AnyTicketAnswer, TourPerson } from './console.ts';
import { type Story, SYSTEM, TARGET } from './model.ts';
import { expect } from './report.ts';

const MeAnswer = z.object({ person: z.object({ id: z.string() }) });
const SubstitutesAnswer = z.object({ substitutes: z.array(z.object({ id: z.string() })) });
type Asked = z.output<typeof AnyTicketAnswer>['ticket'];

const HOUR_MS = 3_600_000;

/**
 * What waits a morning elsewhere waits a second here, at whatever hour the story is told: where no day has business
 * hours, time itself counts.
 */
export function hasty(flow: Config['flow']): Config['flow'] {
  const ladder = { remind: 0, substitutes: 1 / 60, second_line: null };
  return {
    ...flow,
    opensMinutes: 0,
    closesMinutes: 0,
    ladders: { ...flow.ladders, [SYSTEM]: ladder },
    upkeepSeconds: 2,
  };
}

export async function climbWhenIdle({ report, running }: Pick<Story, 'report' | 'running'>): Promise<void> {
  const [aoki, tanaka, mori] = await Promise.all([
    TourPerson.signIn('aoki', running.publicUrl),
    TourPerson.signIn('tanaka', running.publicUrl),
    TourPerson.signIn('mori', running.publicUrl),
  ]);
  report.step('Tanaka is away and chose Mori beforehand. Aoki asks for work on the server, and nobody answers');
  await chooses(tanaka, mori);
  const asked = await askForWork(aoki);
  report.fact(`ticket T-${asked.number} is ${asked.state}; it is Tanaka’s to decide`);

  report.step('The request climbs the ladder by itself: Mori is told, and decides in Tanaka’s place');
  await mori.getNews('ticket.waiting', asked.id);
  report.fact(`Mori has the notification ticket.waiting of T-${asked.number}`);
  await tellSteps({ report, running }, asked);
  const decision = { decision: 'approve', reason: '田中の代理として作業計画を確認した', actDigest: asked.actDigest };
  const approved = await mori.post(`/api/tickets/${asked.id}/decision`, decision);
  expect(approved.status === 200, 'the approval of the substitute', approved.text);
  const { state } = AnyTicketAnswer.parse(approved.json).ticket;
  expect(state === 'approved', 'an approved ticket', approved.text);
  report.fact(`ticket T-${asked.number} is ${state}, by Mori`);
  await comesBack(tanaka);
}

async function chooses(owner: TourPerson, substitute: TourPerson): Promise<void> {
  const { person } = MeAnswer.parse((await substitute.get('/api/me')).json);
  const now = systemClock.now().getTime();
  const chosen = await owner.post('/api/substitutes', {
    substitute: person.id,
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + HOUR_MS).toISOString(),
  });
  expect(chosen.status === 204, 'the substitute to be chosen', chosen.text);
}

async function comesBack(owner: TourPerson): Promise<void> {
  const { substitutes } = SubstitutesAnswer.parse((await owner.get('/api/substitutes')).json);
  for (const { id } of substitutes) {
    const ended = await owner.remove(`/api/substitutes/${id}`);
    expect(ended.status === 204, 'the substitute to be dismissed', ended.text);
  }
}

async function askForWork(person: TourPerson): Promise<Asked> {
  const asked = await person.post('/api/tickets/access', {
    targets: await person.targetsNamed(TARGET),
    ...{ purpose: '証明書の更新', workPlan: '1. 証明書を置き換える\n2. 再起動する', lastsSeconds: 3_600 },
  });
  expect(asked.status === 201, 'the work to be asked for', asked.text);
  return AnyTicketAnswer.parse(asked.json).ticket;
}

const EventsAnswer = z.object({
  events: z.array(z.object({ ticket: z.string().nullish(), body: z.object({ phase: z.string(), step: z.string() }) })),
});

/** The rungs as the audit log has them. */
async function tellSteps({ report, running }: Pick<Story, 'report' | 'running'>, { id }: Asked): Promise<void> {
  const suzuki = await TourPerson.signIn('suzuki', running.publicUrl);
  const answer = await suzuki.get('/api/audit-events?type=ticket.reminded');
  const taken = EventsAnswer.parse(answer.json).events.filter((event) => event.ticket === id);
  const steps = taken.map(({ body }) => body.step).toReversed();
  expect(steps.join() === 'remind,substitutes', 'a reminder, and then the substitute', answer.text.slice(0, 500));
  report.fact(`audit events ticket.reminded: ${steps.join(', then ')}`);
}
