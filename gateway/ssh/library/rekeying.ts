/**
 * New keys for a connection of either side: after so many bytes and so much time (RFC 4253 §9), whatever the peer does.
 * What is written meanwhile waits and nothing is lost; a peer that never finishes, or does nothing else, is ended.
 */
import type { Connection } from 'ssh2';
import { LIMITS } from '../../../foundation/index.ts';
import { type MessageKey, message } from '../../../messages/index.ts';
import type { SshClient } from './ssh2.ts';
import { streamOf } from './turns.ts';

export type RekeyLimits = Pick<
  typeof LIMITS,
  'rekeyBytes' | 'rekeySeconds' | 'rekeyAnswerSeconds' | 'idleRekeyBytes' | 'idleRekeysPerMinuteMax'
>;

/** Call it once for each connection, before or after its first key exchange. */
export function startRekeying(
  connection: Connection | SshClient,
  limits: { readonly [Name in keyof RekeyLimits]: number } = LIMITS,
): void {
  let bytesAtExchange = 0;
  let exchanges = 0;
  let idleExchanges = 0;
  let isPending = false;
  let timer: NodeJS.Timeout | undefined;
  let minute: NodeJS.Timeout | undefined;

  const after = (seconds: number, act: () => void): NodeJS.Timeout => setTimeout(act, seconds * 1_000).unref();
  const stop = (): void => {
    clearTimeout(timer);
    clearTimeout(minute);
  };
  const endFor = (key: MessageKey, code: string): void => {
    stop();
    connection.end(message('en', 'line', { text: message('en', key), code }));
  };
  const begin = (): void => {
    isPending = true;
    clearTimeout(timer);
    timer = after(limits.rekeyAnswerSeconds, () => endFor('connection.rekey_unanswered', 'rekey_unanswered'));
    connection.rekey();
  };
  const countIdle = (): void => {
    idleExchanges += 1;
    minute ??= after(60, () => {
      idleExchanges = 0;
      minute = undefined;
    });
    if (idleExchanges > limits.idleRekeysPerMinuteMax) endFor('connection.rekeys_too_often', 'rekeys_too_often');
  };

  connection.on('handshake', () => {
    const total = bytesOf(connection);
    exchanges += 1;
    if (exchanges === 1) {
      streamOf(connection).on('data', () => {
        if (!isPending && bytesOf(connection) - bytesAtExchange >= limits.rekeyBytes) begin();
      });
    } else if (!isPending && total - bytesAtExchange < limits.idleRekeyBytes) countIdle();
    bytesAtExchange = total;
    isPending = false;
    clearTimeout(timer);
    timer = after(limits.rekeySeconds, begin);
  });
  connection.once('close', stop);
}

/** Bytes in both directions since the connection began. */
function bytesOf(connection: Connection | SshClient): number {
  const protocol: unknown = Reflect.get(connection, '_protocol');
  if (typeof protocol !== 'object' || protocol === null) return 0;
  return Number(Reflect.get(protocol, 'bytesIn')) + Number(Reflect.get(protocol, 'bytesOut'));
}
