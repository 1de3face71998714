/** What the gateway asks the server itself: where a path really leads, so that links and `..` hide nothing. */
import { LIMITS } from '../../../../foundation/index.ts';
import { reachOfPath } from '../../../../policy/index.ts';
import { nameOf, parentOf, wirePath } from '../paths.ts';
import type { Pending } from './opened.ts';
import { Fields, FX_NO_SUCH_FILE, malformed, NAME, realPathPacket, STATUS } from './packets.ts';

export type Resolved = { readonly path: string } | { readonly status: number };

export interface QuestionsOptions {
  readonly pending: Map<number, Pending>;
  /** The protected paths of the target. */
  readonly assets: readonly string[];
  /** Sends a packet of ours to the target. */
  readonly send: (packet: Buffer) => void;
  /** Why no answer will come any more. */
  readonly ended: Promise<never>;
}

/** The person's own requests wait behind its questions. */
export class Questions {
  readonly #options: QuestionsOptions;
  /** The protected paths as they are written and as the server resolves them. */
  #assets: Promise<readonly { readonly name: string; readonly forms: readonly string[] }[]> | undefined;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** The path without links, `.` and `..`, as the server finds it. A file that does not exist stands in its directory. */
  async resolve(path: string): Promise<Resolved> {
    const whole = await this.#ask(path);
    if ('path' in whole || whole.status !== FX_NO_SUCH_FILE) return whole;
    return this.resolveEntry(path);
  }

  /** The same for an entry of a directory itself: a link is not followed. */
  async resolveEntry(path: string): Promise<Resolved> {
    const name = nameOf(path);
    if (name === '') return this.#ask(path);
    const parent = await this.#ask(parentOf(path));
    return 'path' in parent ? { path: `${parent.path.replace(/\/$/, '')}/${name}` } : parent;
  }

  /** The protected paths that a resolved path is or lies below; with `above`, also those that lie below it. */
  async touched(path: string, above: boolean): Promise<readonly string[]> {
    this.#assets ??= this.#resolveAssets();
    return (await this.#assets)
      .filter(({ forms }) =>
        forms.some((form) => {
          const reach = reachOfPath(path, form);
          return reach === 'at' || (reach === 'above' && above);
        }),
      )
      .map(({ name }) => name);
  }

  /** All at once: copies of protected things can be hundreds, and a person waits. */
  #resolveAssets() {
    return Promise.all(
      this.#options.assets.map(async (name) => {
        const written = wirePath(name);
        const resolved = await this.resolve(written);
        return { name, forms: 'path' in resolved ? [written, resolved.path] : [written] };
      }),
    );
  }

  async #ask(path: string): Promise<Resolved> {
    const { pending, send, ended } = this.#options;
    const id = unusedNumber(pending);
    const answer = new Promise<Buffer>((resolve) => {
      pending.set(id, { kind: 'own', answer: resolve });
    });
    send(realPathPacket(id, path));
    return readAnswer(await Promise.race([answer, ended]));
  }
}

/** While a question is open no request of the person goes on, so what is unused now stays so until it is answered. */
function unusedNumber(pending: ReadonlyMap<number, Pending>): number {
  for (let id = 0xffff_ffff; id > 0xffff_ffff - LIMITS.sftpRequestsMax - 1; id -= 1) {
    if (!pending.has(id)) return id;
  }
  throw malformed('Too many SFTP requests at once.');
}

function readAnswer(packet: Buffer): Resolved {
  const fields = new Fields(packet);
  if (packet[4] === STATUS) return { status: fields.uint32() };
  if (packet[4] !== NAME || fields.uint32() !== 1) throw malformed('The target resolved a path to something else.');
  const path = fields.path();
  if (!path.startsWith('/')) throw malformed('The target resolved a path to a relative one.');
  return { path };
}
