/** Ed25519 keys in the shape the library signs with: key objects, so that no signature reads a key's text anew. */
import { type KeyObject, sign } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { invariant, rawPublicKey, sshString, unpooled } from '../../../foundation/index.ts';
import { utils } from './ssh2.ts';

const ALGORITHM = 'ssh-ed25519';
const CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com';

/** Any readable key: from it ours inherit the mark by which the library knows its own keys. */
const template = utils.parseKey(`${ALGORITHM} ${plainBlob(Buffer.alloc(32)).toString('base64')}`);

/** A host key, shown plain or, where `certificate` gives one at the time of asking, by it. */
export function serverKey(privateKey: KeyObject, certificate?: () => Buffer): ParsedKey {
  return signer(privateKey, certificate);
}

/** A key to sign in with, by a certificate or plain. Its private half never leaves memory. */
export function clientKey(privateKey: KeyObject, certificate?: Buffer): ParsedKey {
  const kept = certificate === undefined ? undefined : unpooled(certificate);
  return signer(privateKey, kept === undefined ? undefined : () => kept);
}

function signer(privateKey: KeyObject, certificate: (() => Buffer) | undefined): ParsedKey {
  invariant(privateKey.asymmetricKeyType === 'ed25519' && privateKey.type === 'private', 'the key is an Ed25519 one');
  const blob = certificate === undefined ? publicBlob(privateKey) : undefined;
  const key: unknown = Object.create(template, {
    type: { value: certificate === undefined ? ALGORITHM : CERTIFICATE },
    isPrivateKey: { value: () => true },
    getPrivatePEM: { value: () => undefined }, // The library asks only whether it is null.
    getPublicPEM: { value: () => undefined },
    getPublicSSH: { value: certificate ?? (() => blob) },
    sign: { value: (data: Buffer) => sign(null, data, privateKey) },
  });
  return key as ParsedKey; // Inherits from one.
}

function publicBlob(privateKey: KeyObject): Buffer {
  return plainBlob(rawPublicKey(privateKey));
}

function plainBlob(publicKey: Buffer): Buffer {
  return Buffer.concat([sshString(ALGORITHM), sshString(publicKey)]);
}
