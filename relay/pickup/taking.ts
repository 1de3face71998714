/** One system reads one parcel: what it was given is followed, and before the last of it the parcel is taken. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { JourneyDeps } from '../journey/move.ts';
import type { OpenParcel } from '../vault/reader.ts';
import { keepClaim } from './claim.ts';
import type { Handover } from './handover.ts';
import { Coverage } from './coverage.ts';

const SECOND_MS = 1_000;

export class Taking {
  readonly parcel: OpenParcel;
  readonly #deps: JourneyDeps;
  readonly #handover: Handover;
  readonly #given: readonly Coverage[];
  #isTaken = false;
  #isOver = false;
  #leasedAt: number;

  constructor(deps: JourneyDeps, handover: Handover, parcel: OpenParcel) {
    this.#deps = deps;
    this.#handover = handover;
    this.parcel = parcel;
    this.#given = parcel.manifest.files.map(({ bytes }) => new Coverage(bytes));
    this.#leasedAt = deps.clock.now().getTime();
  }

  /** One call at a time. Empty at the end of the file. @throws {GatewayError} `parcel_unavailable`, `vault_unavailable`. */
  async read(at: number, offset: number, length: number): Promise<Buffer> {
    if (this.#isOver) throw new GatewayError('parcel_unavailable');
    const bytes = await this.parcel.read(at, offset, Math.min(length, LIMITS.inspectedBytesAtOnce));
    if (!this.#isTaken) await this.#keep();
    const file = this.#given[at];
    if (file === undefined || !file.add(offset, bytes.length)) throw new GatewayError('parcel_unavailable');
    if (!this.#isTaken && this.#given.every(({ isWhole }) => isWhole)) {
      await this.#handover.finish();
      this.#isTaken = true;
    }
    return bytes;
  }

  /** A parcel of empty files has no last byte: opening them is all there is to take. */
  async opened(): Promise<void> {
    if (!this.#isTaken && this.#given.every(({ isWhole }) => isWhole)) {
      await this.#handover.finish();
      this.#isTaken = true;
    }
  }

  /** The connection is over. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.parcel[Symbol.dispose]();
    if (!this.#isTaken) await this.#handover.giveUp();
  }

  async #keep(): Promise<void> {
    const now = this.#deps.clock.now().getTime();
    if (now - this.#leasedAt < (LIMITS.parcelLeaseSeconds / 4) * SECOND_MS) return;
    await keepClaim(this.#deps, this.#handover);
    this.#leasedAt = now;
  }
}
