import { asError } from './errors.ts';

/**
 * Holds what was opened, in order, and closes it in reverse. Node 20 has `Symbol.asyncDispose` but no
 * `AsyncDisposableStack`; this is the small part of it that we use.
 */
export class Cleanup implements AsyncDisposable {
  readonly #closers: (() => unknown)[] = [];

  /** Keeps `resource` and returns it. */
  use<Resource extends AsyncDisposable>(resource: Resource): Resource {
    this.defer(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Runs `closer` when this is closed, before everything deferred earlier. */
  defer(closer: () => unknown): void {
    this.#closers.push(closer);
  }

  /** Closes everything even when some closers fail. @throws {AggregateError} of their errors. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: Error[] = [];
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      try {
        await closer();
      } catch (thrown) {
        errors.push(asError(thrown));
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => error.message).join('; '));
  }
}
