/** The code of an error of the system, e.g. `ENOENT`. */
export function errorCodeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
}
