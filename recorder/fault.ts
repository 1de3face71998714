import { asError, GatewayError } from '../foundation/index.ts';

/**
 * The recorder's one way to fail: after the first failed write or sync nothing more is stored or acknowledged, because
 * a second fsync of the same file may say yes about bytes the kernel has already dropped.
 */
export interface Fault {
  /** Aborted with the GatewayError `recording_unavailable`. */
  readonly signal: AbortSignal;
  /** @returns the error everybody waiting gets: that of the first fault. */
  readonly trip: (cause: unknown) => GatewayError;
  /** @throws {GatewayError} `recording_unavailable` once tripped. */
  readonly check: () => void;
}

export function createFault(onTrip: (error: GatewayError) => void): Fault {
  const controller = new AbortController();
  let first: GatewayError | undefined;
  return {
    signal: controller.signal,
    trip(cause) {
      if (first === undefined) {
        first = unavailable(cause);
        controller.abort(first);
        onTrip(first);
      }
      return first;
    },
    check() {
      if (first !== undefined) throw first;
    },
  };
}

/** `recording_unavailable` around what the file system said. */
export function unavailable(cause: unknown): GatewayError {
  if (cause instanceof GatewayError && cause.code === 'recording_unavailable') return cause;
  return new GatewayError('recording_unavailable', undefined, { cause: asError(cause) });
}
