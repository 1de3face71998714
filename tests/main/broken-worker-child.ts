/** A worker in whose event loop an error is thrown that nobody catches, at the word `break`. */
import { runWorker } from '../../main/workers/worker.ts';

process.prependOnceListener('message', () => {
  setImmediate(() => {
    throw new Error('thrown where nobody listens');
  });
});
runWorker();
