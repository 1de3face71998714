import { createPrivateKey, sign } from 'node:crypto';
import { formatVerifierKey, KEY_TYPE, type Signer, type VerifierKey, verifierKey } from '../../../evidence/index.ts';
import { rawPublicKey } from '../../../foundation/index.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A signer whose key follows from a word, so that a test's evidence is the same in every run. */
export function signerOf(name: string, seed: string = name): Signer {
  const secret = Buffer.from(nodeCrypto.sha256(Buffer.from(seed)));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  return { name, publicKey: new Uint8Array(rawPublicKey(key)), sign: (message) => sign(null, message, key) };
}

function logKey(signer: Signer): VerifierKey {
  return verifierKey(nodeCrypto, signer.name, KEY_TYPE.ed25519, signer.publicKey);
}

function witnessKey(signer: Signer): VerifierKey {
  return verifierKey(nodeCrypto, signer.name, KEY_TYPE.cosignature, signer.publicKey);
}

/** Policy text: these logs, and a quorum of all these witnesses. */
export function policyText(logs: readonly Signer[], witnesses: readonly Signer[]): Uint8Array {
  const lines = [
    ...logs.map((log) => `log ${formatVerifierKey(logKey(log))}`),
    ...witnesses.map((witness, at) => `witness w${at} ${formatVerifierKey(witnessKey(witness))}`),
    ...(witnesses.length === 0 ? [] : [`group all all ${witnesses.map((_, at) => `w${at}`).join(' ')}`]),
    `quorum ${witnesses.length === 0 ? 'none' : 'all'}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n`);
}
