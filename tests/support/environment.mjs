/**
 * What a suite left running is closed with it. A hook that ran out of time leaves its gateway behind, and without the
 * suite's modules that fails for ever, in the suites that come after it.
 */
import { TestEnvironment } from 'jest-environment-node';

export default class extends TestEnvironment {
  async teardown() {
    const left = this.global[Symbol.for('sekisho.test.leftovers')] ?? [];
    await Promise.allSettled([...left].map((close) => close()));
    await super.teardown();
  }
}
