/** The receiver signs what it holds (OpenSSH PROTOCOL.sshsig), by the key it took the parcel with. */
import { createHash } from 'node:crypto';
import { ByteReader, hasCode, sshString } from '../../foundation/index.ts';
import { parsePublicKey, verifySshSignature } from '../../identity/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { RelayIdentity } from '../identities/queries.ts';
import { about, type JourneyDeps, requireJourney } from '../journey/move.ts';
import { findParcelId } from '../journey/queries.ts';
import { insertReceipt, tookWhole } from '../pickup/queries.ts';

/** `ssh-keygen -Y sign -n sekisho-receipt`: a signature made for anything else is none here. */
const NAMESPACE = 'sekisho-receipt';
const MAGIC = 'SSHSIG';
const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]{1,12000})-----END SSH SIGNATURE-----\s*$/;

export interface NamedFile {
  readonly name: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** What is signed: the parcel's number, then a line a file as sha256sum writes it, in the order of the bytes of names. */
export function receiptText(parcel: number, files: readonly NamedFile[]): string {
  const lines = [...files]
    .sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  return `P-${parcel}\n${lines.join('')}`;
}

/** Whether `armoured` is the signature of `publicKey` (`ssh-ed25519 AAAA…`) over `text`. */
function isReceipt(armoured: string, text: string, publicKey: string): boolean {
  const base64 = ARMOUR.exec(armoured)?.[1];
  if (base64 === undefined) return false;
  try {
    const reader = new ByteReader(Buffer.from(base64.replaceAll(/\s/g, ''), 'base64'));
    if (reader.take(MAGIC.length).toString('latin1') !== MAGIC || reader.uint32() !== 1) return false;
    const key = reader.sshString();
    const [namespace, reserved, algorithm] = [reader.sshString(), reader.sshString(), reader.sshString()];
    const signature = reader.sshString();
    const hash = algorithm.toString('latin1');
    if (reader.remaining > 0 || namespace.toString('utf8') !== NAMESPACE) return false;
    if (!key.equals(parsePublicKey(publicKey).blob) || (hash !== 'sha512' && hash !== 'sha256')) return false;
    const digest = createHash(hash).update(text).digest();
    const parts = [namespace, reserved, algorithm, digest].map((part) => sshString(part));
    return verifySshSignature(key, Buffer.concat([Buffer.from(MAGIC), ...parts]), signature);
  } catch (thrown) {
    if (hasCode(thrown, 'protocol_violation') || hasCode(thrown, 'key_invalid')) return false;
    throw thrown;
  }
}

/** Keeps the receipt, which lets the parcel be destroyed at once. @returns whether it is one. */
export async function takeReceipt(
  { database, clock }: JourneyDeps,
  identity: RelayIdentity,
  given: { readonly parcel: number; readonly files: readonly NamedFile[]; readonly armoured: string },
): Promise<boolean> {
  const { armoured, files, parcel } = given;
  const text = receiptText(parcel, files);
  return database.inTransaction(async (tx) => {
    const id = await findParcelId(tx, parcel);
    const took = id !== undefined && (await tookWhole(tx, id, identity.id));
    const refused = !took ? 'not_taken' : !isReceipt(armoured, text, identity.publicKey) ? 'not_signed_so' : undefined;
    if (id === undefined || refused !== undefined) {
      const body = { parcel: took ? parcel : null, identity: identity.name, reason: refused ?? 'not_taken' };
      await appendAuditEvent(tx, clock, { type: 'parcel.receipt_refused', actor: null, body });
      return false;
    }
    const journey = await requireJourney(tx, id);
    const now = clock.now();
    if ((await insertReceipt(tx, { parcel: id, identity: identity.id, signature: armoured, now })) === 0) return true;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const { name, fingerprint } = identity;
    await appendAuditEvent(tx, clock, {
      type: 'parcel.receipt',
      ...about(journey),
      body: { parcel, identity: name, fingerprint, sha256, signature: armoured },
    });
    return true;
  });
}
