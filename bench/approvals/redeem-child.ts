/** One of several gateways that spend the same ticket at the same moment. */
import { redeemTicket, type RedemptionRequest } from '../../approvals/index.ts';
import { createLog, Database, Secret, systemClock } from '../../foundation/index.ts';
import type { Attempts, Attempted } from './redeem.ts';

const { url, poolSize } = JSON.parse(process.argv[2] ?? '{}') as { url: string; poolSize: number };
const database = new Database({ url: new Secret(url), poolSize, log: createLog('silent') });

async function attempt(request: RedemptionRequest): Promise<Attempted> {
  const start = performance.now();
  const outcome = await redeemTicket({ database, clock: systemClock }, request);
  return { taken: performance.now() - start, outcome: outcome.redeemed ? 'redeemed' : outcome.reason };
}

process.on('message', ({ requests }: Attempts) => {
  void Promise.all(requests.map(attempt)).then((answers) => process.send?.(answers));
});
process.on('disconnect', () => process.exit(0));
process.stdout.write('ready\n');
