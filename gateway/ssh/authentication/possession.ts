/** From the library's forms of a signature to the one of the wire, which is what is checked. */
import { ByteReader, hasCode, sshString } from '../../../foundation/index.ts';
import { type Proof, verifyPossession } from '../../../identity/index.ts';
import type { PublicKeyAuthContext } from '../library/index.ts';

type ShownKey = PublicKeyAuthContext['key'];

const RSA_NAMES: ReadonlyMap<string | undefined, string> = new Map([
  ['sha256', 'rsa-sha2-256'],
  ['sha512', 'rsa-sha2-512'],
]);
const SECURITY_KEY_TAIL_BYTES = 5; // Flags and counter (PROTOCOL.u2f).
const DER_SEQUENCE = 0x30;
const DER_INTEGER = 0x02;

/**
 * What the request's signature proves: undefined when it was not made with the key or certificate that the request
 * names, or over SHA-1.
 */
export function provePossession(
  key: ShownKey,
  blob: Buffer,
  signature: Buffer,
  hash: string | undefined,
): Proof | undefined {
  try {
    // Otherwise a request could name one kind of key for the rules and another for the check.
    if (new ByteReader(key.data).sshString().toString('latin1') !== key.algo) return undefined;
    const wire = wireSignature(key.algo, signature, hash);
    return wire === undefined ? undefined : verifyPossession(key.data, blob, wire);
  } catch (thrown) {
    if (hasCode(thrown, 'protocol_violation')) return undefined;
    throw thrown;
  }
}

/**
 * The library takes a plain key's signature out of its blob, turns ECDSA's numbers into DER and calls every RSA key
 * `ssh-rsa`; a certificate's signature it leaves whole, for its algorithm is not the certificate's.
 */
function wireSignature(algorithm: string, signature: Buffer, hash: string | undefined): Buffer | undefined {
  if (algorithm.endsWith('-cert-v01@openssh.com')) return signature;
  if (algorithm === 'ssh-rsa') {
    const name = RSA_NAMES.get(hash);
    return name === undefined ? undefined : Buffer.concat([sshString(name), sshString(signature)]);
  }
  if (hash !== undefined) return undefined;
  if (algorithm.startsWith('sk-')) {
    const end = Math.max(0, signature.length - SECURITY_KEY_TAIL_BYTES);
    return Buffer.concat([sshString(algorithm), sshString(signature.subarray(0, end)), signature.subarray(end)]);
  }
  const bytes = algorithm.startsWith('ecdsa-') ? fromDer(signature) : signature;
  return Buffer.concat([sshString(algorithm), sshString(bytes)]);
}

/** SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 §2.2.3) as two `mpint`s: the bytes of the numbers are the same. */
function fromDer(der: Buffer): Buffer {
  const sequence = new ByteReader(derValue(new ByteReader(der), DER_SEQUENCE));
  const r = derValue(sequence, DER_INTEGER);
  const s = derValue(sequence, DER_INTEGER);
  return Buffer.concat([sshString(r), sshString(s)]);
}

/** Any other tag reads as nothing, which no signature is. */
function derValue(reader: ByteReader, tag: number): Buffer {
  if (reader.uint8() !== tag) return Buffer.alloc(0);
  const short = reader.uint8();
  const length = short === 0x81 ? reader.uint8() : short;
  return reader.take(length);
}
