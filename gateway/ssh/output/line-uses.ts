/** The ticket that is the budget of what is shown now. In a shell it is for one command, and the meters go on behind it. */
import { asError } from '../../../foundation/index.ts';
import type { ChannelWork } from '../model.ts';
import { endUse, type InUse } from './at-limit.ts';

export class LineUses {
  current: InUse | undefined;
  readonly #work: ChannelWork;
  #ending: Promise<void> = Promise.resolve();

  constructor(work: ChannelWork) {
    this.#work = work;
  }

  /** The command is over, or the ticket is. */
  end(): void {
    const use = this.current;
    if (use === undefined) return;
    this.current = undefined;
    this.#ending = this.#ending
      .then(() => endUse(this.#work, use))
      .catch((thrown: unknown) => {
        const { deps, session } = this.#work;
        deps.log.error({ event: 'output.use_not_ended', sessionId: session.id, err: asError(thrown) }, 'use not ended');
        session.end('internal'); // What left by it must not stay untold.
      });
  }

  /** Resolves when what was ended is told. Never rejects. */
  ended(): Promise<void> {
    return this.#ending;
  }
}
