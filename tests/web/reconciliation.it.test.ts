import { expect, test } from '@jest/globals';
import { web } from './world.ts';

const TICKET = '019d4a11-2222-7333-8444-555566667777';

test('a report that is not there, days that end before they begin and a year at once are refused', async () => {
  await using site = await web();
  const tanaka = await site.as('tanaka');
  expect(await tanaka.get(`/api/reconciliations/${TICKET}`)).toMatchObject({ status: 404, code: 'not_found' });
  const spans = [
    ['2026-04-02T00:00:00Z', '2026-04-01T00:00:00Z'],
    ['2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z'],
    ['yesterday', 'today'],
  ];
  for (const [from, until] of spans) {
    const path = `/api/reconciliations/unmatched?from=${from}&until=${until}`;
    expect(await tanaka.get(path)).toMatchObject({ status: 400, code: 'request_invalid' });
  }
});

test('the reports and the queue of a day are listed, empty where there is nothing', async () => {
  await using site = await web();
  const suzuki = await site.as('suzuki');
  expect(await suzuki.get('/api/reconciliations')).toMatchObject({ status: 200, body: { reports: [] } });
  const day = 'from=2026-04-01T00:00:00Z&until=2026-04-02T00:00:00Z';
  expect(await suzuki.get(`/api/reconciliations/unmatched?${day}`)).toMatchObject({
    ...{ status: 200, body: { sessions: [], tickets: [] } },
  });
});
