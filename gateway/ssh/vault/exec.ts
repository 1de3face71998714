/** An export whose output goes to the vault: the person sees its receipt and nothing else of it. */
import { protectCopied } from '../copied.ts';
import type { Redeemed } from '../../exports/delivery.ts';
import { join } from '../join.ts';
import type { ChannelWork, Exit } from '../model.ts';
import type { Act } from '../output/index.ts';
import { Intake } from './intake.ts';
import { intoVault } from './into-vault.ts';

const NOTHING = Buffer.alloc(0);

export async function execToVault(work: ChannelWork, act: Act, ticket: Redeemed): Promise<Exit> {
  const { exit } = await intoVault(work, ticket, async (parcel, delivery) => {
    // Standard error can carry data as well, so it goes the same way.
    const files = { o: await parcel.file('standard output'), e: await parcel.file('standard error') };
    const intake = new Intake(files);
    const connection = await work.target();
    await protectCopied(work, act.judgement);
    // Without a terminal: nobody would see what a prompt asks.
    const { environment } = work.request;
    const target = await connection.exec(act.text, { terminal: undefined, environment });
    const stopWatching = intake.onChange(() => {
      if (intake.failed) target.close();
    });
    try {
      const ended = await join({
        ...{ session: work.session, person: work.person, request: work.request },
        ...{ connection, target, gates: [intake] },
        filter: (stream, chunk) => {
          const { pass, stop } = delivery.filter(stream, chunk);
          intake.take(stream, pass);
          return { pass: NOTHING, stop };
        },
      });
      await intake.stored();
      return ended;
    } finally {
      stopWatching();
    }
  });
  return exit;
}
