/** Every route in one mode: several at a time, each with traces of its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TargetMode } from '../../policy/index.ts';
import { type ShellField, startShellField } from '../e2e/support/shell-field.ts';
import { describeWith } from '../support/partners.ts';
import { type BypassRoute, loadRoutes } from './route.ts';
import { take, type Taken } from './take.ts';

const AT_A_TIME = 4;
/** The first test waits for its own route alone; a later one finds its result, or waits for the queue. */
const TEST_MS = 240_000;
/** In the routes of a session that ended, why. */
const REASON = /\[[a-z_]+\]/;

export async function describeMode(mode: TargetMode): Promise<void> {
  const routes = await loadRoutes();
  const isControl = mode === 'recorded';
  describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], `every route, ${mode}`, () => {
    let field: ShellField;
    let queue: Queue;
    beforeAll(async () => {
      field = await startShellField(mode);
      queue = new Queue(routes, (route, number) => take(route, { field, number, isControl }));
    });
    afterAll(async () => {
      await queue.ended();
      await field[Symbol.asyncDispose]();
    });

    test.each(routes.map((route) => [route.name, route] as const))(
      isControl ? 'gets the stub to run, so it is a route: %s' : 'lets nothing out: %s',
      async (_name, route) => {
        const taken = await queue.result(route);
        // Compared whole, so that a failure shows what the session showed.
        expect(taken).toEqual({ ...taken, ran: isControl });
        if (isControl) return;
        expect(taken).toEqual({ ...taken, after: taken.after === 'stuck' ? 'alive' : taken.after });
        if (taken.after === 'ended' && !leaves(route)) expect(taken.output).toMatch(REASON);
      },
      TEST_MS,
    );
  });
}

/** It ends its session by itself, or is one command, of which the shell may say why it failed. */
function leaves(route: BypassRoute): boolean {
  return route.kind !== 'terminal' || route.keys.some((keys) => /\b(exit|exec)\b/.test(keys));
}

/** Takes a few routes at a time, in order; a second question about one takes it again. */
class Queue {
  readonly #take: (route: BypassRoute, number: number) => Promise<Taken>;
  readonly #results = new Map<string, Promise<Taken>>();
  readonly #runners: Promise<void>[];
  #number = 0;

  constructor(routes: readonly BypassRoute[], takeOne: (route: BypassRoute, number: number) => Promise<Taken>) {
    this.#take = takeOne;
    const waiting = routes.map((route) => {
      let start = (): void => undefined;
      const begun = new Promise<void>((resolve) => {
        start = resolve;
      });
      const result = begun.then(() => this.#one(route));
      result.catch(() => undefined); // Told by its own test.
      this.#results.set(route.name, result);
      return { start, result };
    });
    this.#runners = Array.from({ length: AT_A_TIME }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        next.start();
        await next.result.catch(() => undefined);
      }
    });
  }

  result(route: BypassRoute): Promise<Taken> {
    const known = this.#results.get(route.name);
    this.#results.delete(route.name);
    return known ?? this.#one(route);
  }

  async ended(): Promise<void> {
    await Promise.all(this.#runners);
  }

  #one(route: BypassRoute): Promise<Taken> {
    this.#number += 1;
    return this.#take(route, this.#number);
  }
}
