import { asError, type Cleanup, type Clock, type Database, hasCode, type Log } from '../foundation/index.ts';
import { appendAuditEvent, type Recorder } from '../recorder/index.ts';

/** The recorder cannot write its own end into the recording; the event is what stays of why its sessions ended. */
export function auditRecorderFault(
  deps: { database: Database; clock: Clock; log: Log; recorder: Recorder; sessions: () => number },
  cleanup: Cleanup,
): void {
  const { database, clock, log, recorder, sessions } = deps;
  const audit = async (): Promise<void> => {
    const error = asError(recorder.failed.reason);
    const detail = asError(error.cause ?? error).message.slice(0, 500);
    const body = { code: 'recording_unavailable', detail, sessions: sessions() };
    if (hasCode(error.cause, 'log_conflict'))
      await appendAuditEvent(database, clock, { type: 'recorder.log_conflict', actor: null, body: { detail } });
    await appendAuditEvent(database, clock, { type: 'recorder.failed', actor: null, body });
  };
  let written: Promise<void> = Promise.resolve();
  recorder.failed.addEventListener('abort', () => {
    written = audit().catch((thrown: unknown) => {
      log.error({ event: 'recorder.fault_not_audited', err: asError(thrown) }, 'the fault is not in the audit events');
    });
  });
  cleanup.defer(() => written); // The database stays open until it is written.
}
