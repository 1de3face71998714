/** The program of a worker process. It takes no argument: everything comes over the channel. */
import { runWorker } from './worker.ts';

runWorker();
