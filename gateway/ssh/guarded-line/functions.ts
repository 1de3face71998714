/** Functions that earlier lines defined. They are carried as text and judged again with each line that may call them. */
import { LIMITS } from '../../../foundation/index.ts';
import { functionsIn } from '../../../policy/index.ts';

export type Functions = ReadonlyMap<string, string>;

const UNSET = /^\s*unset\s+-f\s+([A-Za-z_][\w\s]*)$/;

/** What is known after `line` ran. What would not fit any more is forgotten, oldest first. */
export function functionsAfter(line: string, before: Functions): Functions {
  const after = new Map(before);
  for (const name of UNSET.exec(line)?.[1]?.trim().split(/\s+/) ?? []) after.delete(name);
  for (const [name, text] of functionsIn(line)) {
    after.delete(name);
    after.set(name, text);
  }
  let bytes = [...after.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  for (const [name, text] of after) {
    if (bytes <= LIMITS.guardedFunctionsBytesMax) break;
    after.delete(name);
    bytes -= Buffer.byteLength(text);
  }
  return after;
}

/** `line` behind the functions it may call, themselves or through one another: the text that is judged and sent. */
export function withFunctions(line: string, functions: Functions): string {
  const needed = new Set<string>();
  const look = (text: string): void => {
    for (const [name, body] of functions) {
      if (needed.has(name) || !mentions(text, name)) continue;
      needed.add(name);
      look(body);
    }
  };
  look(line);
  if (needed.size === 0) return line;
  const bodies = [...functions].filter(([name]) => needed.has(name)).map(([, body]) => body);
  return [...bodies, line].join('\n');
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const isWhole = !/[\w.-]/.test(text.charAt(at - 1)) && !/[\w.-]/.test(text.charAt(at + name.length));
    if (isWhole) return true;
  }
  return false;
}
