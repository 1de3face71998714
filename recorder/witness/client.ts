/** Has one witness cosign checkpoints (c2sp.org/tlog-witness): told from where it knows the log, it is shown the way here. */
import {
  consistencyProof,
  equal,
  formatSignature,
  parseNote,
  parseSignature,
  type VerifierKey,
  verifyCosignature,
} from '../../evidence/index.ts';
import { asError, type Clock, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { PublishedTree } from '../log/entry-log.ts';
import { unlessMalformed } from '../log/note.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { encodeAddCheckpoint, parseSize, SIZE_TYPE } from './protocol.ts';

export interface WitnessSettings {
  readonly name: string;
  readonly verifier: VerifierKey;
  /** The submission prefix: http or https, as it was configured. */
  readonly url: string;
}

export interface WitnessClient {
  readonly name: string;
  /**
   * @returns the witness's signature line for the note. @throws when it does not answer, or not as it should;
   * `log_conflict` when it knows more of the log than there is, or another history of it.
   */
  cosign(tree: PublishedTree, signal: AbortSignal): Promise<string>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The witness says where it stands, then wants the proof from there; once more when it moved meanwhile. */
const TRIES_MAX = 3;

export function createWitnessClient({ name, verifier, url }: WitnessSettings, clock: Clock): WitnessClient {
  const address = new URL(`${url.replace(/\/+$/, '')}/add-checkpoint`);
  let known = 0;
  return {
    name,
    async cosign(tree, signal) {
      for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
        const old = Math.min(known, tree.size);
        // From nothing everything follows.
        const proof = old === 0 ? [] : await consistencyProof(nodeCrypto, tree.nodes, old, tree.size);
        const answer = await post(address, encodeAddCheckpoint({ old, proof, note: Buffer.from(tree.note) }), signal);
        if (answer.status === 200) {
          const line = readCosignature(answer.body, { tree, verifier, now: clock.now() });
          known = tree.size;
          return line;
        }
        known = readKnown(name, answer, { old, size: tree.size });
      }
      throw new Error('The witness names another size each time.');
    },
  };
}

/** Where the witness stands. @throws when it says something else; `log_conflict`. */
function readKnown(name: string, { status, type, body }: Answer, sent: { old: number; size: number }): number {
  const told = status === 409 && type === SIZE_TYPE ? parseSize(body.replace(/\n$/, '')) : undefined;
  // What it saw of us is not what we have: we are a copy put back, or somebody else signs with our key.
  if (told !== undefined && told > sent.size)
    throw new GatewayError('log_conflict', `The witness ${name} has cosigned ${told} leaves; here are ${sent.size}.`);
  if (told !== undefined && told !== sent.old) return told;
  if ((told !== undefined && told > 0) || (status === 422 && sent.old > 0))
    throw new GatewayError(
      'log_conflict',
      `The witness ${name} knows another history of the log's ${sent.old} leaves.`,
    );
  throw new Error(`The witness answers ${status}.`);
}

function readCosignature(
  body: string,
  { tree, verifier, now }: { tree: PublishedTree; verifier: VerifierKey; now: Date },
): string {
  const { body: text } = parseNote(Buffer.from(tree.note));
  const nowSeconds = Math.floor(now.getTime() / 1_000);
  for (const line of body.split('\n').slice(0, -1)) {
    const signature = unlessMalformed(() => parseSignature(line));
    if (signature === undefined) break; // An answer with anything else in it is none.
    if (signature.name !== verifier.name || !equal(signature.keyId, verifier.id)) continue;
    const seconds = verifyCosignature(nodeCrypto, verifier.publicKey, text, signature.signature);
    if (seconds === undefined) continue;
    // One of a wrong time would let a later reader believe that the log was seen when it was not.
    if (Math.abs(seconds - nowSeconds) > LIMITS.witnessSkewSeconds)
      throw new Error(`The witness's clock differs by ${seconds - nowSeconds} s.`);
    return formatSignature(signature);
  }
  throw new Error('The answer holds no cosignature by the configured key.');
}

async function post(address: URL, body: Buffer, signal: AbortSignal): Promise<Answer> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.witnessAnswerMillis)]);
  const response = await fetch(address, {
    method: 'POST',
    body: new Uint8Array(body),
    redirect: 'error', // Nowhere but where it was configured.
    signal: within,
  }).catch((thrown: unknown) => {
    const error = asError(thrown);
    throw new Error(`The witness cannot be reached: ${asError(error.cause ?? error).message}`, { cause: error });
  });
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  return { status: response.status, type, body: await readBounded(response) };
}

async function* none(): AsyncGenerator<Uint8Array> {}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  for await (const part of body ?? none()) {
    bytes += part.length;
    if (bytes > LIMITS.witnessAnswerBytesMax) throw new Error('The witness answers too much.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
