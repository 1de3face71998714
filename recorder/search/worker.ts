/** The thread in which recordings are read, indexed and searched. */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { invariant, systemClock } from '../../foundation/index.ts';
import { serveDerived } from './serve.ts';

invariant(parentPort, 'recordings are read in a worker thread');
const { directory, key } = z
  .strictObject({ directory: z.string(), key: z.custom<Uint8Array>((value) => ArrayBuffer.isView(value)) })
  .parse(workerData);
// Live sessions go first. Only Linux gives a thread a priority of its own; elsewhere it would be that of the process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
serveDerived({ port: parentPort, place: { directory, key: Buffer.from(key) }, clock: systemClock });
