/**
 * What a suite left running is ended with it. A hook that ran out of time leaves its gateway behind, a client that was
 * closed may try once more to connect, and without the suite's modules each of that fails, in the suites that come after
 * it ("Cannot read properties of undefined (reading 'Socket')").
 */
import { Socket } from 'node:net';
import { TestEnvironment } from 'jest-environment-node';

export default class extends TestEnvironment {
  #timers = new Set();
  #before = new Set();

  constructor(config, context) {
    super(config, context);
    this.#keepTimers();
  }

  async setup() {
    await super.setup();
    this.#before = new Set(process._getActiveHandles());
  }

  async teardown() {
    const left = this.global[Symbol.for('sekisho.test.leftovers')] ?? [];
    await Promise.allSettled([...left].map((close) => close()));
    for (const timer of this.#timers) clearTimeout(timer);
    for (const handle of process._getActiveHandles()) {
      if (!(handle instanceof Socket) || this.#before.has(handle)) continue;
      if (!handle.connecting && handle.remotePort === undefined) continue; // A child's pipe ends with the child.
      handle.removeAllListeners(); // Nobody is told, so nobody connects anew.
      handle.on('error', () => undefined);
      handle.destroy();
    }
    await super.teardown();
  }

  #keepTimers() {
    const { global } = this;
    const { setTimeout, clearTimeout } = global;
    const timers = this.#timers;
    const keeping = (callback, milliseconds, ...words) => {
      const timer = setTimeout(
        (...given) => {
          timers.delete(timer);
          callback(...given);
        },
        milliseconds,
        ...words,
      );
      timers.add(timer);
      return timer;
    };
    // Among them what makes a promise of it.
    for (const key of Object.getOwnPropertySymbols(setTimeout)) {
      Object.defineProperty(keeping, key, Object.getOwnPropertyDescriptor(setTimeout, key));
    }
    global.setTimeout = keeping;
    global.clearTimeout = (timer) => {
      timers.delete(timer);
      clearTimeout(timer);
    };
  }
}
