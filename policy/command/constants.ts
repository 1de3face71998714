/** Variables whose value is known while a text is walked: set once, surely, to a text known before it runs. */
import { type Assignment, forEachChild, type SyntaxNode } from 'unbash';
import { REBINDS } from './nodes.ts';
import type { Assigned, Word } from './model.ts';

/** Anything else may change between the walk and the run, so it stands as unknown; a stale value would be a way round. */
export class Constants {
  readonly #values: Map<string, string>;
  /** Set somewhere that runs at a time of its own: in a function, a loop, a trap. */
  readonly #volatile = new Set<string>();
  #closed = false;

  constructor(known: ReadonlyMap<string, string> | undefined) {
    this.#values = new Map(known);
  }

  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** A name that gets a value nobody knows. */
  forget(name: string): void {
    this.#values.delete(name);
  }

  /** Assignments that surely happen, here and in this order. */
  remember(assignments: readonly Assigned[]): void {
    for (const { name, values, appends, indexed } of assignments) {
      const [value] = values;
      const before = appends ? this.#values.get(name) : '';
      if (indexed || values.length !== 1 || value?.exact !== true || before === undefined) this.forget(name);
      else this.#set(name, before + value.text);
    }
  }

  /** `export A=1`: an assignment that stands as an argument. */
  declare(args: readonly Word[], surely: boolean): void {
    for (const { text, exact } of args) {
      const match = /^([A-Za-z_]\w*)(\+?)=([^]*)$/.exec(text);
      const name = match?.[1];
      if (name === undefined) continue;
      if (surely && exact && match?.[2] === '') this.#set(name, match[3] ?? '');
      else this.forget(name);
    }
  }

  /** Before a loop or a function: what its body sets is known neither inside nor, for a function, afterwards. */
  enter(node: SyntaxNode): void {
    this.#sweep(node, node.type === 'Function');
  }

  /** After `read`, `eval`, `source` or a trap any variable may be another. `forGood`: and again at any later time. */
  clear(forGood: boolean): void {
    this.#values.clear();
    this.#closed ||= forGood;
  }

  #set(name: string, value: string): void {
    // Where words are split elsewhere than at blanks, `x=ncal` may run `nc`.
    if (name === 'IFS') this.clear(true);
    if (this.#closed || this.#volatile.has(name)) this.forget(name);
    else this.#values.set(name, value);
  }

  #sweep(node: SyntaxNode, forGood: boolean): void {
    const name = settingName(node);
    if (name !== undefined) {
      this.forget(name);
      if (forGood) this.#volatile.add(name);
    }
    if (node.type === 'Command' && REBINDS.has(node.name?.value ?? '')) this.clear(forGood);
    forEachChild(node, (child) => this.#sweep(child, forGood));
  }
}

function settingName(node: SyntaxNode): string | undefined {
  if (node.type === 'Assignment') return node.name;
  return node.type === 'For' || node.type === 'Select' ? node.name.value : undefined;
}

/** `x+=a` and `x[1]=a` do not set `x` to `a`. */
export function mannerOf(node: Assignment): Pick<Assigned, 'appends' | 'indexed'> {
  return { appends: node.append === true, indexed: node.index !== undefined };
}
