/** A request that nobody answers, as the tour tells it: each step of it is checked there against what came back. */
import { expect, test } from '@jest/globals';
import { completeFlow } from '../../config/flow.ts';
import { climbWhenIdle, hasty } from '../../main/tour/escalation.ts';
import { createReport } from '../../main/tour/report.ts';
import { TestGateway } from '../support/gateway.ts';
import { events, newest, personId } from './support/house.ts';

test('an idle request climbs to the substitute, who decides; twice in one house, and nobody stays chosen', async () => {
  const flow = hasty(completeFlow({}, (file) => file));
  await using gateway = await TestGateway.start({ config: { flow } });
  const { running } = gateway;
  let told = '';
  const report = createReport((text) => {
    told += text;
  });
  for (const _ of ['a first tour', 'another one']) await climbWhenIdle({ running, report });
  expect(told).toContain('ticket.reminded: remind, then substitutes');
  const { database } = gateway;
  expect(await newest(database, 'ticket.approved')).toMatchObject({ actor: await personId(gateway, 'mori') });
  expect(await events(database, 'substitute.chosen')).toHaveLength(2);
  expect(await events(database, 'substitute.dismissed')).toHaveLength(2);
  // The second line is not woken by what somebody decided in time.
  const steps = (await events(database, 'ticket.reminded')).map(({ body }) => body['step']);
  expect(steps).toEqual(['substitutes', 'remind', 'substitutes', 'remind']);
});
