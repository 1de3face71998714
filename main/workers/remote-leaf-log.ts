/** The signed log as a worker sees it: the process that started it writes it. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { AppendedLeaf, RemoteLeafLog } from '../../recorder/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export interface LeafLogEnd {
  readonly leafLog: RemoteLeafLog;
  readonly take: (answer: Extract<ToWorker, { type: 'leaf_appended' | 'leaf_refused' }>) => void;
  /** No answer will come any more. */
  readonly lose: () => void;
}

interface Waiting {
  readonly resolve: (appended: AppendedLeaf) => void;
  readonly reject: (reason: Error) => void;
}

export function createRemoteLeafLog(send: (message: FromWorker) => void): LeafLogEnd {
  const waiting = new Map<number, Waiting>();
  const failed = new AbortController();
  let next = 0;
  return {
    leafLog: {
      failed: failed.signal,
      append: (leaf) =>
        new Promise((resolve, reject) => {
          failed.signal.throwIfAborted();
          // A log that has stopped answering must not fill the memory of everybody who waits for it.
          if (waiting.size >= LIMITS.workerLeavesPendingMax) throw new GatewayError('recording_unavailable');
          const id = next++;
          waiting.set(id, { resolve, reject });
          send({ type: 'leaf', id, leaf });
        }),
    },
    take(answer) {
      const known = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.type === 'leaf_appended') known?.resolve({ index: answer.index, hash: Buffer.from(answer.hash) });
      else known?.reject(new GatewayError('recording_unavailable', answer.message));
    },
    lose() {
      const reason = new GatewayError('recording_unavailable', 'The process that writes the log is gone.');
      failed.abort(reason);
      for (const { reject } of waiting.values()) reject(reason);
      waiting.clear();
    },
  };
}
