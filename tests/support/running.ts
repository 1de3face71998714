import { Cleanup } from '../../foundation/index.ts';

const key = Symbol.for('sekisho.test.running');

/** What the global set-up started; set-up and tear-down are loaded apart and meet in the process's global object. */
export const running: Cleanup = keep();

function keep(): Cleanup {
  const held: unknown = Reflect.get(globalThis, key);
  if (held !== undefined) return held as Cleanup; // `instanceof` fails: each loads its own copy of the class.
  const made = new Cleanup();
  Reflect.set(globalThis, key, made);
  return made;
}
