import { asError } from '../foundation/index.ts';

/** Reports whether `thrown` is the operating system's error of this name, e.g. `ENOENT` (errno(3)). */
export function hasErrno(thrown: unknown, name: string): boolean {
  const error = asError(thrown);
  return 'code' in error && error.code === name;
}
