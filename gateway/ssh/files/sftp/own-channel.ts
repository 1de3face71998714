/** An sftp channel of the gateway's own to the target: its requests and answers are nobody else's. */
import { hasCode } from '../../../../foundation/index.ts';
import type { ChannelWork } from '../../model.ts';
import { PeerGone, TargetLost } from '../../stream-io.ts';
import { Framer } from './framer.ts';
import type { Pending } from './opened.ts';
import { DATA, initPacket, malformed, numberOf, VERSION } from './packets.ts';

export interface OwnSftp {
  readonly pending: Map<number, Pending>;
  readonly send: (packet: Buffer) => void;
  /** Why no answer will come any more. */
  readonly ended: Promise<never>;
  close(): void;
}

/**
 * Undefined when the target has no sftp.
 * @throws {GatewayError} when it is not reached; {TargetLost}.
 */
export async function openOwnSftp({ target }: Pick<ChannelWork, 'target'>): Promise<OwnSftp | undefined> {
  const connection = await target();
  const channel = await connection.subsystem('sftp').catch((thrown: unknown) => {
    if (connection.closed || !hasCode(thrown, 'target_unreachable')) throw thrown;
    return undefined; // The server is there and has no sftp.
  });
  if (channel === undefined) return undefined;
  const pending = new Map<number, Pending>();
  let stop: (reason: unknown) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    stop = reject;
  });
  ended.catch(() => undefined); // Heard by whoever waits at that moment; nobody need be waiting.
  const answers = answersTo(pending, stop);
  channel.on('data', (chunk: Buffer) => answers.push(chunk));
  channel.stderr.resume();
  channel.once('close', () => stop(new TargetLost()));
  channel.write(initPacket());
  return {
    pending,
    send: (packet) => void channel.write(packet),
    ended,
    close: () => {
      stop(new PeerGone());
      channel.close();
    },
  };
}

/** Reads answers to requests of our own, and nothing else. */
function answersTo(pending: Map<number, Pending>, broken: (thrown: unknown) => void): Framer {
  let saidVersion = false;
  return new Framer({
    bulk: { type: DATA, headBytes: () => 5 },
    head: () => 'whole',
    content: () => undefined,
    packet: (bytes) => {
      if (!saidVersion) {
        if (bytes[4] !== VERSION) throw malformed('The target did not begin with its SFTP version.');
        saidVersion = true;
        return 'drop';
      }
      const id = numberOf(bytes);
      const asked = pending.get(id);
      if (asked?.kind !== 'own') throw malformed('The target answered what nobody asked.');
      pending.delete(id);
      asked.answer(bytes);
      return 'drop';
    },
    put: () => undefined,
    broken,
  });
}
