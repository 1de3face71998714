/** Files for the vault: the gateway fetches them from the target itself, and the person's client gets none of it. */
import type { ParcelWriter } from '../../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../../foundation/index.ts';
import type { FileProtocol } from '../../../policy/index.ts';
import type { Delivery, Redeemed } from '../../exports/delivery.ts';
import { Content } from '../files/content.ts';
import { FileAudit } from '../files/file-audit.ts';
import { shownPath } from '../files/paths.ts';
import { openOwnSftp } from '../files/sftp/own-channel.ts';
import { FX_FAILURE } from '../files/sftp/packets.ts';
import { Questions } from '../files/sftp/questions.ts';
import { RefusedByTarget, SftpReader } from '../files/sftp/reader.ts';
import type { ChannelWork, Exit } from '../model.ts';
import { intoVault, type VaultRun } from './into-vault.ts';

export interface Wanted {
  readonly protocol: FileProtocol;
  /** One character a byte, as the person named them. */
  readonly paths: readonly string[];
  readonly recursive: boolean;
}

const FETCHED: Exit = { status: 0 };
/** The target did not give it. */
const NOT_FETCHED: Exit = { status: 1 };

export function fetchToVault(work: ChannelWork, ticket: Redeemed, wanted: Wanted): Promise<VaultRun> {
  return intoVault(work, ticket, async (parcel, delivery) => {
    const own = await openOwnSftp(work);
    if (own === undefined) return NOT_FETCHED;
    const stop = (): void => own.close();
    work.session.signal.addEventListener('abort', stop, { once: true });
    const audit = new FileAudit(work);
    try {
      const questions = new Questions({ ...own, assets: [] });
      const fetch = new Fetch({ reader: new SftpReader(own), parcel, delivery, audit, wanted });
      for (const path of wanted.paths) {
        const place = await questions.resolve(path);
        if ('status' in place) return NOT_FETCHED;
        await fetch.take(place.path, 0);
      }
      return FETCHED;
    } catch (thrown) {
      if (thrown instanceof RefusedByTarget) return NOT_FETCHED;
      if (thrown instanceof TicketEnds) return NOT_FETCHED; // The delivery knows that it was exceeded.
      throw thrown;
    } finally {
      work.session.signal.removeEventListener('abort', stop);
      own.close();
      await audit.written();
    }
  });
}

/** The ticket allows no more. */
class TicketEnds extends Error {
  override readonly name = 'TicketEnds';
}

interface FetchOptions {
  readonly reader: SftpReader;
  readonly parcel: ParcelWriter;
  readonly delivery: Delivery;
  readonly audit: FileAudit;
  readonly wanted: Wanted;
}

class Fetch {
  readonly #options: FetchOptions;

  constructor(options: FetchOptions) {
    this.#options = options;
  }

  /** Links inside a directory are left: what they lead to was not asked for. So are devices and pipes. */
  async take(path: string, depth: number): Promise<void> {
    const { reader, wanted } = this.#options;
    if (depth > LIMITS.parcelDepthMax) throw new GatewayError('protocol_violation', 'Directories too deep.');
    const kind = await reader.kindOf(path);
    if (kind === 'file') await this.#file(path);
    else if (kind === 'directory' && wanted.recursive) {
      for (const name of await reader.list(path)) await this.take(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
    } else if (depth === 0) throw new RefusedByTarget(FX_FAILURE);
  }

  async #file(path: string): Promise<void> {
    const { reader, parcel, delivery, audit, wanted } = this.#options;
    const file = await parcel.file(shownPath(path));
    const content = new Content();
    content.begin(0, Number.MAX_SAFE_INTEGER);
    const complete = await reader.read(path, async (bytes) => {
      const { pass, stop } = delivery.filter('o', bytes);
      content.add(Buffer.from(pass.buffer, pass.byteOffset, pass.length));
      await file.write(pass);
      return !stop;
    });
    await file.end();
    content.end();
    audit.transferred({ protocol: wanted.protocol, direction: 'download', path, complete, ...content.result() });
    if (!complete) throw new TicketEnds();
  }
}
