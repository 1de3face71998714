/** What stands of a session at its beginning: the head of its recording and its first event. */
import type { SessionId, TargetAuthorization } from '../policy/index.ts';
import type { SessionRequest } from './session-model.ts';

export function recordingMeta(
  sessionId: SessionId,
  { person, target, account }: TargetAuthorization,
  request: SessionRequest,
) {
  return {
    sessionId,
    connectionId: request.connectionId,
    personId: person.id,
    targetId: target.id,
    account,
    kind: request.kind,
    command: request.command,
    columns: request.terminal?.columns ?? 80,
    rows: request.terminal?.rows ?? 24,
    term: request.terminal?.term ?? 'dumb',
  };
}

export function openedEvent(
  session: SessionId,
  { person, target, account }: TargetAuthorization,
  request: SessionRequest,
  serial: bigint,
) {
  return {
    type: 'session.opened',
    actor: person.id,
    session,
    body: {
      connection: request.connectionId,
      target: target.id,
      account,
      kind: request.kind,
      command: request.command,
      sourceAddress: request.sourceAddress,
      certificateSerial: serial.toString(),
    },
  } as const;
}
