/** What each target put first when it was last dialled: whoever knows it need not wait to be told. */
import { LIMITS } from '../../../foundation/index.ts';
import type { TargetId } from '../../../policy/index.ts';
import type { ServerOffer } from './kex-init.ts';
import type { Offer } from './offer.ts';

/** One for each process. What it holds is a hint: a target that changed its mind costs a packet sent in vain. */
export class FirstChoices {
  readonly #choices = new Map<TargetId, string>();

  note(target: TargetId, offer: ServerOffer): void {
    this.#choices.delete(target);
    const [oldest] = this.#choices.size >= LIMITS.targetFirstChoicesMax ? this.#choices.keys() : [];
    if (oldest !== undefined) this.#choices.delete(oldest);
    this.#choices.set(target, firstOf(offer));
  }

  /** Whether the target will go by our first packet, sent before its own offer came (RFC 4253 §7). */
  agree(target: TargetId, ours: Offer): boolean {
    return this.#choices.get(target) === firstOf(ours);
  }
}

function firstOf({ kex, hostKey }: Pick<Offer, 'kex' | 'hostKey'>): string {
  return `${kex[0] ?? ''} ${hostKey[0] ?? ''}`;
}
