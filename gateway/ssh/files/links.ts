/**
 * Where the paths of an exec transfer really lead, asked of the target's own sftp server before anything runs: a link
 * in a plain name would otherwise bring what the name does not say.
 */
import { hasCode } from '../../../foundation/index.ts';
import type { ChannelWork } from '../model.ts';
import { PeerGone, TargetLost } from '../stream-io.ts';
import { wirePath } from './paths.ts';
import { Framer } from './sftp/framer.ts';
import type { Pending } from './sftp/opened.ts';
import { DATA, FX_NO_SUCH_FILE, initPacket, malformed, numberOf, VERSION } from './sftp/packets.ts';
import { Questions } from './sftp/questions.ts';

export type Led =
  /** The protected paths that are read, and what was asked for as the target resolves it. */
  | { readonly touched: readonly string[]; readonly resolved: readonly string[] }
  /** The first path that the target does not resolve. */
  | { readonly unclear: string };

/** @throws {GatewayError} `protocol_violation`; {TargetLost}. */
export async function followLinks(
  work: ChannelWork,
  { paths, recursive }: { readonly paths: readonly string[]; readonly recursive: boolean },
  assets: readonly string[],
): Promise<Led> {
  const connection = await work.target();
  const channel = await connection.subsystem('sftp').catch((thrown: unknown) => {
    if (connection.closed || !hasCode(thrown, 'target_unreachable')) throw thrown;
    return undefined; // The server is there and has no sftp: nobody can say where a path leads.
  });
  if (channel === undefined) return { unclear: paths[0] ?? '' };
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
  try {
    channel.write(initPacket());
    const questions = new Questions({ pending, assets, send: (packet) => void channel.write(packet), ended });
    return await follow(questions, paths, recursive);
  } finally {
    stop(new PeerGone());
    channel.close();
  }
}

async function follow(questions: Questions, paths: readonly string[], recursive: boolean): Promise<Led> {
  const resolved: string[] = [];
  const touched = new Set<string>();
  for (const path of paths) {
    const place = await questions.resolve(wirePath(path === '' ? '.' : path));
    if ('path' in place) {
      resolved.push(place.path);
      for (const asset of await questions.touched(place.path, recursive)) touched.add(asset);
    } else if (place.status !== FX_NO_SUCH_FILE) return { unclear: path };
  }
  return { touched: [...touched], resolved };
}

/** Reads answers to questions of our own, and nothing else. */
function answersTo(pending: Map<number, Pending>, broken: (thrown: unknown) => void): Framer {
  let saidVersion = false;
  return new Framer({
    bulk: { type: DATA, headBytes: () => 5 },
    head: () => {
      throw malformed('The target sent contents that nobody asked for.');
    },
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
