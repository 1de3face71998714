/** A worker that takes one job in hand, says so and never ends it: somebody kills it. Told by one line of JSON. */
import { z } from 'zod';
import { createLog, JobQueues, Secret } from '../../foundation/index.ts';

const Told = z.strictObject({
  kind: z.enum(['postgres', 'redis']),
  url: z.string(),
  name: z.string(),
  leaseMs: z.number(),
});
const { kind, url, name, leaseMs } = Told.parse(JSON.parse(process.argv[2] ?? ''));
const queues = new JobQueues({ kind, url: new Secret(url) }, createLog('silent'), leaseMs);
queues.work({ name, payload: z.unknown() }, () => {
  process.stdout.write('in hand\n');
  return new Promise(() => undefined);
});
