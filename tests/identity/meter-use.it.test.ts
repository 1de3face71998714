import { expect, test } from '@jest/globals';
import { sha256 } from '../../foundation/index.ts';
import { listMeterUse } from '../../identity/index.ts';
import { DistinctCounter } from '../../policy/index.ts';
import { type Name, type World, world } from '../approvals/world.ts';

async function left(w: World, name: Name, day: string, { persons, estimated }: { persons: number; estimated: number }) {
  const seen = new DistinctCounter();
  for (let at = 0; at < persons; at += 1) seen.add(sha256(Buffer.from(String(at))).readBigUInt64BE(0));
  await w.fresh.owner.pool.query(
    `INSERT INTO meter_days (person_id, system_id, day, persons, estimated_persons, rows, bytes, opaque_bytes, files)
     SELECT $1, s.id, $2, $3, $4, 10, 100, 0, 1 FROM systems s WHERE s.name = 'crm'`,
    [w.idOf(name), day, seen.toBytes(), estimated],
  );
}

test('the busiest day counts who was named, and who unreadable output may have named', async () => {
  await using w = await world();
  await left(w, 'aoki', '2026-03-30', { persons: 50, estimated: 0 });
  await left(w, 'aoki', '2026-03-31', { persons: 40, estimated: 20 });
  await left(w, 'chen', '2026-03-31', { persons: 0, estimated: 0 });
  const use = await listMeterUse(w, w.people.tanaka.person);
  expect(use.map(({ person, days, mostPersons, rows }) => [person, days, mostPersons, rows])).toEqual([
    ['Name of aoki', 2, 60, 20],
    ['Name of chen', 1, 0, 10],
  ]);
  expect(await listMeterUse(w, w.people.mori.person)).toEqual([]);
});

test('a day of more people than are kept one by one is estimated', async () => {
  await using w = await world();
  await left(w, 'aoki', '2026-03-30', { persons: 20_000, estimated: 5 });
  await left(w, 'aoki', '2026-03-31', { persons: 9_000, estimated: 0 });
  const [use] = await listMeterUse(w, w.people.suzuki.person);
  expect(Math.abs((use?.mostPersons ?? 0) - 20_005)).toBeLessThan(600);
});
