/**
 * The X25519 recipient type of age (C2SP age.md) by the runtime's own curve. The package reaches the same curve by
 * WebCrypto, which takes twenty times as long, and each session wraps two keys.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';
import { rawPublicKey } from '../../foundation/index.ts';

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
/** 32 bytes in Bech32: no other kind of recipient or identity is of this form. */
const RECIPIENT = new RegExp(`^age1[${BECH32}]{58}$`);
const IDENTITY = new RegExp(`^AGE-SECRET-KEY-1[${BECH32.toUpperCase()}]{58}$`);
const CHECKSUM_CHARACTERS = 6;
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** RFC 8410: SubjectPublicKeyInfo and PKCS #8 of X25519, before the 32 bytes of the key. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const KEY_BYTES = 32;
const LABEL = 'age-encryption.org/v1/X25519';
/** A wrapping key is used once. */
const NONCE = Buffer.alloc(12);
const TAG_BYTES = 16;
const CIPHER = 'chacha20-poly1305';

/** `text` as an X25519 recipient; undefined when it is another kind, or none. */
export function x25519Recipient(text: string): Recipient | undefined {
  if (!RECIPIENT.test(text) || !isWhole(text)) return undefined;
  const recipient = bytesOf(text);
  const key = publicKey(recipient);
  return {
    wrapFileKey(fileKey) {
      const ephemeral = generateKeyPairSync('x25519');
      const share = rawPublicKey(ephemeral.publicKey);
      const shared = { privateKey: ephemeral.privateKey, publicKey: key };
      const cipher = createCipheriv(CIPHER, wrappingKey(shared, share, recipient), NONCE, { authTagLength: TAG_BYTES });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(['X25519', base64(share)], body)];
    },
  };
}

/** `text` as an X25519 identity; undefined when it is another kind, or none. */
export function x25519Identity(text: string): Identity | undefined {
  if (!IDENTITY.test(text) || !isWhole(text)) return undefined;
  const der = Buffer.concat([PKCS8, bytesOf(text)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const recipient = rawPublicKey(createPublicKey(privateKey));
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] !== 'X25519') continue;
        const [, encoded = '', ...more] = args;
        const share = Buffer.from(encoded, 'base64');
        // The format has one spelling of everything: another would be a second file that says the same.
        if (more.length > 0 || share.length !== KEY_BYTES || base64(share) !== encoded) throw new Error('stanza');
        if (body.length !== KEY_BYTES) throw new Error('stanza'); // 16 bytes of key, 16 of its tag.
        const key = wrappingKey({ privateKey, publicKey: publicKey(share) }, share, recipient);
        const fileKey = open(key, body);
        if (fileKey !== undefined) return fileKey;
      }
      return null;
    },
  };
}

/** @throws when the shared secret is all zeros: the share is of low order, and anybody would know the key. */
function wrappingKey(
  shared: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  share: Buffer,
  recipient: Buffer,
): Buffer {
  const secret = diffieHellman(shared);
  return Buffer.from(hkdfSync('sha256', secret, Buffer.concat([share, recipient]), LABEL, KEY_BYTES));
}

function open(key: Buffer, body: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
  const plain = decipher.update(body.subarray(0, body.length - TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined; // Wrapped to somebody else.
  }
}

function publicKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** Whether the checksum of BIP 173 holds. */
function isWhole(text: string): boolean {
  const at = text.lastIndexOf('1');
  const prefix = [...Buffer.from(text.slice(0, at).toLowerCase())];
  const data = Array.from(text.toLowerCase().slice(at + 1), (character) => BECH32.indexOf(character));
  let sum = 1;
  for (const value of [...prefix.map((byte) => byte >> 5), 0, ...prefix.map((byte) => byte & 31), ...data]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((term, bit) => {
      if (((top >>> bit) & 1) === 1) sum ^= term;
    });
  }
  return sum === 1;
}

/** The 32 bytes behind a Bech32 prefix (BIP 173): five bits a character, the first bit of a byte first. */
function bytesOf(text: string): Buffer {
  const data = text.toLowerCase().slice(text.lastIndexOf('1') + 1, -CHECKSUM_CHARACTERS);
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of data) {
    value = ((value << 5) | BECH32.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
