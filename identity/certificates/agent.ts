/**
 * The key of an authority that lies in an ssh-agent, or behind one in a token (PKCS#11): asked over the agent's socket,
 * and never here. Source: draft-ietf-sshm-ssh-agent §3.5, §3.6.
 */
import { connect } from 'node:net';
import { asError, ByteReader, GatewayError, LIMITS, sshString, uint32 } from '../../foundation/index.ts';
import { fingerprintOf } from '../keys/public-key.ts';

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
/** SSH_AGENT_RSA_SHA2_512: an RSA key signs by SHA-512; other kinds of keys do not read it. */
const RSA_SHA2_512 = 4;

/** Kind of a key to the algorithm by which it has to sign: one by SHA-1 is believed by nobody today. */
const SIGNS_BY: ReadonlyMap<string, string> = new Map([
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['ssh-rsa', 'rsa-sha2-512'],
]);

/** Which key of which agent: `agent:/run/sekisho/agent.sock#SHA256:…` in the configuration. */
export interface AgentKey {
  readonly socket: string;
  /** As `ssh-add -l` prints it. */
  readonly fingerprint: string;
}

export interface AgentSigner {
  readonly algorithm: string;
  /** SSH blob of the public key. */
  readonly blob: Buffer;
  /** An SSH signature blob. @throws {GatewayError} `authority_unavailable` */
  readonly sign: (body: Buffer) => Promise<Buffer>;
}

/** @throws {GatewayError} `start_refused` when the agent does not answer, has no such key, or it is of no usable kind. */
export async function openAgentKey({ socket, fingerprint }: AgentKey): Promise<AgentSigner> {
  const blob = (await identitiesOf(socket)).find((one) => fingerprintOf(one) === fingerprint);
  if (blob === undefined) {
    throw new GatewayError('start_refused', `The ssh-agent at ${socket} has no key ${fingerprint}.`);
  }
  const algorithm = new ByteReader(blob).sshString().toString('latin1');
  const signsBy = SIGNS_BY.get(algorithm);
  if (signsBy === undefined) {
    throw new GatewayError(
      'start_refused',
      `The key ${fingerprint} of the ssh-agent is of no usable kind: ${algorithm}.`,
    );
  }
  return { algorithm, blob, sign: (body) => signWith(socket, { blob, body, signsBy }) };
}

async function identitiesOf(socket: string): Promise<Buffer[]> {
  try {
    const reader = await ask(socket, Buffer.from([REQUEST_IDENTITIES]), IDENTITIES_ANSWER);
    const keys: Buffer[] = [];
    for (let left = reader.uint32(); left > 0; left -= 1) {
      keys.push(reader.sshString());
      reader.sshString(); // The comment.
    }
    return keys;
  } catch (thrown) {
    const cause = asError(thrown);
    throw new GatewayError('start_refused', `The ssh-agent at ${socket} does not answer.`, { cause });
  }
}

async function signWith(
  socket: string,
  { blob, body, signsBy }: { blob: Buffer; body: Buffer; signsBy: string },
): Promise<Buffer> {
  try {
    const request = [Buffer.from([SIGN_REQUEST]), sshString(blob), sshString(body), uint32(RSA_SHA2_512)];
    const signature = (await ask(socket, Buffer.concat(request), SIGN_RESPONSE)).sshString();
    const algorithm = new ByteReader(signature).sshString().toString('latin1');
    if (algorithm !== signsBy) throw new Error(`it signed by ${algorithm}`);
    return signature;
  } catch (thrown) {
    throw new GatewayError('authority_unavailable', undefined, { cause: asError(thrown) });
  }
}

/** One question and its answer, after its type; anything else is a failure. */
function ask(socket: string, request: Buffer, wanted: number): Promise<ByteReader> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    const parts: Buffer[] = [];
    connection.setTimeout(LIMITS.agentSeconds * 1_000, () =>
      connection.destroy(new Error('it does not answer in time')),
    );
    connection.once('error', reject);
    connection.once('close', () => reject(new Error('it closed the connection')));
    connection.on('data', (part: Buffer) => {
      parts.push(part);
      const answer = Buffer.concat(parts);
      if (answer.length < 4) return;
      const length = answer.readUInt32BE();
      if (length > LIMITS.agentAnswerBytesMax) connection.destroy(new Error('it answers more than is read'));
      if (answer.length < 4 + length) return;
      const reader = new ByteReader(answer.subarray(4, 4 + length));
      if (length > 0 && reader.uint8() === wanted) resolve(reader);
      else reject(new Error('it refused'));
      connection.destroy();
    });
    connection.write(Buffer.concat([uint32(request.length), request]));
  });
}
