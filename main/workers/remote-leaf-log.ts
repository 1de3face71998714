/** The signed log and the export ledger as a worker sees them: the process that started it writes them. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { ExportIntents, RemoteLeafLog } from '../../recorder/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';

type Answer = Extract<ToWorker, { type: 'leaf_appended' | 'intent_accepted' | 'call_refused' }>;

export interface LeafLogEnd {
  readonly leafLog: RemoteLeafLog;
  readonly exports: ExportIntents;
  readonly take: (answer: Answer) => void;
  /** How far the witnesses are. */
  readonly learn: (state: Extract<ToWorker, { type: 'witnesses' }>) => void;
  /** No answer will come any more. */
  readonly lose: () => void;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

export function createRemoteLeafLog(send: (message: FromWorker) => void): LeafLogEnd {
  const waiting = new Map<number, Waiting>();
  const failed = new AbortController();
  let next = 0;
  let state: Extract<ToWorker, { type: 'witnesses' }> = { type: 'witnesses', accepted: null, lateSince: null };
  const ask = (message: (id: number) => FromWorker): Promise<Answer> =>
    new Promise((resolve, reject) => {
      failed.signal.throwIfAborted();
      // A log that has stopped answering must not fill the memory of everybody who waits for it.
      if (waiting.size >= LIMITS.workerLeavesPendingMax) throw new GatewayError('recording_unavailable');
      const id = next++;
      waiting.set(id, { resolve, reject });
      send(message(id));
    });
  return {
    leafLog: {
      failed: failed.signal,
      async append(leaf) {
        const answer = await ask((id) => ({ type: 'leaf', id, leaf }));
        if (answer.type !== 'leaf_appended') throw new GatewayError('internal', 'Another question was answered.');
        return { index: answer.index, hash: Buffer.from(answer.hash) };
      },
      latestAccepted: () =>
        state.accepted === null ? null : { size: state.accepted.size, root: Buffer.from(state.accepted.root) },
      lateSince: () => state.lateSince ?? undefined,
    },
    exports: {
      async intent(draft) {
        const answer = await ask((id) => ({ type: 'intent', id, draft }));
        if (answer.type !== 'intent_accepted') throw new GatewayError('internal', 'Another question was answered.');
        return answer.index;
      },
    },
    take(answer) {
      const known = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.type === 'call_refused') known?.reject(new GatewayError(answer.code, answer.message));
      else known?.resolve(answer);
    },
    learn(told) {
      state = told;
    },
    lose() {
      const reason = new GatewayError('recording_unavailable', 'The process that writes the log is gone.');
      failed.abort(reason);
      for (const { reject } of waiting.values()) reject(reason);
      waiting.clear();
    },
  };
}
