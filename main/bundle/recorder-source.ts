/** A recorder's directory as evidence: the same paths as in a bundle. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBundle, type EvidenceSource, parseBundle, PATHS, TILE_WIDTH } from '../../evidence/index.ts';
import { hasErrno } from '../../foundation/index.ts';

export interface RecorderSourceOptions {
  /** DATA/recorder. */
  readonly directory: string;
  /** The policy that the gateway itself goes by; null: none. */
  readonly policy: Uint8Array | null;
  /** The raw public key of whoever submits to the ledger; null: there is no ledger. */
  readonly submitter: Uint8Array | null;
  /** The bytes of an object; from the files beside the log unless said. */
  readonly readObject?: (id: string) => Promise<Uint8Array | undefined>;
}

const OBJECT = /^objects\/([0-9a-f]{64})$/;
const KEY = /^keys\/[0-9a-f-]{36}\.(screen|keystrokes)\.age$/;
const RECORD = /^ledger\/records\/[0-9]{1,16}\.json$/;
const LOG = /^(log|ledger)\/(checkpoint|tile\/[0-9a-z/.]+)$/;
const BUNDLE = /^((?:log|ledger)\/tile\/entries\/[0-9x/]+)(?:\.p\/([0-9]{1,3}))?$/;

export function recorderSource(options: RecorderSourceOptions): EvidenceSource {
  const { directory, policy, submitter } = options;
  const readObject =
    options.readObject ?? ((id: string) => readIfThere(join(directory, 'objects', id.slice(0, 2), id)));
  return {
    async read(path) {
      if (path === PATHS.policy) return policy ?? undefined;
      if (path === PATHS.submitter) {
        return submitter === null ? undefined : Buffer.from(`${Buffer.from(submitter).toString('hex')}\n`);
      }
      const id = OBJECT.exec(path)?.[1];
      if (id !== undefined) return readObject(id);
      if (BUNDLE.test(path)) return readBundle(directory, path);
      // Only these: a name from evidence never becomes any other path.
      if (LOG.test(path) && path.endsWith('/checkpoint')) return readCheckpoint(directory, path);
      return KEY.test(path) || RECORD.test(path) || LOG.test(path) ? readIfThere(join(directory, path)) : undefined;
    },
  };
}

/** The newest that the witnesses cosigned, where there are any. */
async function readCheckpoint(directory: string, path: string): Promise<Uint8Array | undefined> {
  return (await readIfThere(join(directory, `${path}.witnessed`))) ?? (await readIfThere(join(directory, path)));
}

/** A bundle of just so many entries: a log that went on has a longer one in its place. */
async function readBundle(directory: string, path: string): Promise<Uint8Array | undefined> {
  const exact = await readIfThere(join(directory, path));
  const [, whole = '', partial] = BUNDLE.exec(path) ?? [];
  if (exact !== undefined || partial === undefined) return exact;
  const width = Number(partial);
  const full = await readIfThere(join(directory, whole));
  if (full !== undefined) return encodeBundle(parseBundle(full, TILE_WIDTH).slice(0, width));
  const widths = (await namesIn(join(directory, `${whole}.p`))).map(Number).filter((other) => other > width);
  const [longer] = widths.sort((left, right) => left - right);
  const bytes = longer === undefined ? undefined : await readIfThere(join(directory, `${whole}.p`, String(longer)));
  return bytes === undefined || longer === undefined
    ? undefined
    : encodeBundle(parseBundle(bytes, longer).slice(0, width));
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
}

export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT') || hasErrno(thrown, 'ENOTDIR')) return undefined;
    throw thrown;
  }
}
