/** Whether a session's bytes may move, and the way by which the gateway speaks to its person meanwhile. */

/** Shows one line of ours to the person, recorded, past a pause. */
export type Speaker = (text: string) => Promise<void>;

const UNSPOKEN_MAX = 10;

export class Flow {
  #held: Promise<void> | undefined;
  #letGo: () => void = () => undefined;
  #refuse: (error: Error) => void = () => undefined;
  #speaker: Speaker | undefined;
  #unspoken: string[] = [];

  /**
   * Undefined while bytes may move: the way of every keystroke makes no promise. Awaited by whoever has bytes, before
   * they are recorded, so that nothing is dropped and each side's own flow control makes it wait.
   */
  get held(): Promise<void> | undefined {
    return this.#held;
  }

  /** @returns whether it moved until now. */
  hold(): boolean {
    if (this.#held !== undefined) return false;
    this.#held = new Promise((resolve, reject) => {
      this.#letGo = resolve;
      this.#refuse = reject;
    });
    this.#held.catch(() => undefined); // Perhaps nobody waits when the session ends.
    return true;
  }

  /** @returns whether it was held until now. */
  release(): boolean {
    if (this.#held === undefined) return false;
    this.#held = undefined;
    this.#letGo();
    return true;
  }

  /** What waits never moves: a session that ended while it was paused shows and sends nothing more. */
  end(): void {
    if (this.#held !== undefined) this.#refuse(new Error('The session ended while it was paused.'));
  }

  /** From now on lines are shown this way; those of before it was known are shown at once. */
  speakBy(speaker: Speaker): void {
    this.#speaker = speaker;
    for (const text of this.#unspoken.splice(0)) this.say(text);
  }

  /** Never rejects: a person who is gone reads nothing. */
  say(text: string): void {
    if (this.#speaker !== undefined) this.#speaker(text).catch(() => undefined);
    else if (this.#unspoken.length < UNSPOKEN_MAX) this.#unspoken.push(text);
  }
}
