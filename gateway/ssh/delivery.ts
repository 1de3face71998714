/** What a person is told of the one use of a ticket. */
import type { RedemptionResult } from '../../approvals/index.ts';
import type { Redeemed } from '../exports/delivery.ts';
import type { ChannelWork } from './model.ts';

export async function tellResult(
  { person }: Pick<ChannelWork, 'person'>,
  ticket: Redeemed,
  result: RedemptionResult,
): Promise<void> {
  const { rowsMax, bytesMax, number } = ticket;
  const { rows, bytes } = result;
  if (result.outcome === 'limit_exceeded') {
    await person.say('export.limit_exceeded', 'limit_exceeded', { number, rows, bytes, rowsMax, bytesMax });
    return;
  }
  await person.say('export.done', 'ticket_used', { number, rows, bytes, sha256: result.sha256.toString('hex') });
}
