/** An export on its way to another system, as the tour tells it: each step of it is checked there against what came back. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findSshClient } from '../../demo/index.ts';
import { handOver } from '../../main/tour/hand-over.ts';
import { signInAndEnrol } from '../../main/tour/enrol.ts';
import { createReport } from '../../main/tour/report.ts';
import { describeWith } from '../support/partners.ts';
import { TestGateway } from '../support/gateway.ts';
import { events } from './support/house.ts';

describeWith(['ssh', 'sftp', 'ssh-keygen'], 'an export for another system', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ config: { relay: { host: '127.0.0.1', port: 0, clamav: null } } });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  test('is refused by one owner, held for both, taken once by the other system, and destroyed with proof', async () => {
    const { running, directory } = gateway;
    let told = '';
    const report = createReport((text) => {
      told += text;
    });
    const story = { running, report, ssh: await findSshClient(), directory };
    const { destination, person: aoki } = await signInAndEnrol(story, 'aoki');
    await handOver({ ...story, aoki, run: (command) => story.ssh.run(destination, command) });

    expect(told).toContain('promised 50 people, found 1200');
    const wanted = [
      ...['parcel.sealed', 'parcel.scanning', 'parcel.released', 'parcel.pickup_refused', 'parcel.held'],
      ...['parcel.pickup_refused', 'parcel.decided', 'parcel.decided', 'parcel.released', 'transfer.begun'],
      ...['parcel.pickup_begun', 'parcel.picked_up', 'transfer.ended', 'parcel.pickup_refused'],
      ...['parcel.receipt', 'parcel.destroyed'],
    ] as const;
    const newestFirst = await events(gateway.database, ...new Set(wanted));
    expect(newestFirst.map(({ type }) => type).reverse()).toEqual(wanted);
    const key = join(running.directory.demo, 'relay', 'billing_ed25519');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    const [again, , atFirst] = await events(gateway.database, 'parcel.pickup_refused');
    expect([atFirst?.body['reason'], again?.body['reason']]).toEqual(['no_ticket', 'taken']);
  });
});
