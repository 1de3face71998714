/** The one use of a ticket: what leaves is counted, hashed and cut where the ticket ends. */
import { createHash } from 'node:crypto';
import type { Redemption, RedemptionResult } from '../../approvals/index.ts';
import { createMeter, createPersonalDataMeter, DistinctCounter, type MeterOptions } from '../../policy/index.ts';

export type Redeemed = Extract<Redemption, { redeemed: true }>;
export type Delivery = ReturnType<typeof createDelivery>;

/** Counts and hashes what is shown, and cuts it where the ticket ends; `identifiers` say by what persons are found. */
export function createDelivery(ticket: Redeemed, identifiers: MeterOptions) {
  // Standard error leaves as well, so it has the same budget; each stream counts its own rows.
  const meters = { o: createMeter(ticket), e: createMeter(ticket) };
  const persons = { o: createPersonalDataMeter(identifiers), e: createPersonalDataMeter(identifiers) };
  const customers = new DistinctCounter();
  const see = ({ persons: found }: ReturnType<typeof persons.o.finish>): void => {
    for (const { person } of found) customers.add(person);
  };
  const hash = createHash('sha256');
  let exceeded = false;
  const total = (): { rows: number; bytes: number } => ({
    rows: meters.o.rows + meters.e.rows,
    bytes: meters.o.bytes + meters.e.bytes,
  });
  return {
    exceeded: () => exceeded,
    filter: (stream: 'o' | 'e', chunk: Buffer) => {
      if (exceeded) return { pass: chunk.subarray(0, 0), stop: true };
      const taken = meters[stream].take(chunk);
      const { rows, bytes } = total();
      exceeded = taken.exceeded || rows > ticket.rowsMax || bytes > ticket.bytesMax;
      // When only both streams together pass the budget, the chunk that did it stays behind whole.
      const pass = exceeded && !taken.exceeded ? chunk.subarray(0, 0) : taken.pass;
      hash.update(pass);
      see(persons[stream].take(pass));
      return { pass, stop: exceeded };
    },
    finish: (exit: { readonly status?: number | undefined }, interrupted: boolean): RedemptionResult => {
      meters.o.finish();
      meters.e.finish();
      see(persons.o.finish());
      see(persons.e.finish());
      const exitStatus = exit.status ?? null;
      const ended = exitStatus === 0 ? 'completed' : exitStatus === null ? 'interrupted' : 'failed';
      const outcome = exceeded ? 'limit_exceeded' : interrupted ? 'interrupted' : ended;
      return { outcome, ...total(), sha256: hash.digest(), exitStatus, customers: customers.count() };
    },
  };
}
