/** What Linux says of running processes (proc(5)). */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 20;

/** Ids of the live processes that work in `directory`: PostgreSQL and all its children stand in their cluster. */
export async function processesIn(directory: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => undefined)));
  return ids.filter((_, at) => places[at] === directory).map(Number);
}

/** The process's state letter, `Z` when it is dead but unburied (a zombie); undefined when there is none. */
export async function processState(id: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  return /^.*\) (\S)/s.exec(text)?.[1];
}

/** Asks again until `condition` holds. @returns whether it did within `limitMs`. Processes give no event to strangers. */
export async function holdsWithin(limitMs: number, condition: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += POLL_MS) {
    if (await condition()) return true;
    await wait(POLL_MS);
  }
  return condition();
}
