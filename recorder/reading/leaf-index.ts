/**
 * Which bundles of the log hold leaves of which session, so that reading one session does not read the whole log each
 * time. Each full bundle is read and checked against the signed root once; when it is read again for a session, its
 * entries have to give the root they gave then.
 */
import { createTree, equal, hashLeaf, TILE_WIDTH } from '../../evidence/index.ts';
import { latin1 } from '../../foundation/index.ts';
import { type LogEntry, readBundle, readLog, type ReadLogOptions } from '../log/read-log.ts';
import { createSessionFinder, sessionOf } from '../log/session-leaves.ts';
import { rememberCheckpoints } from '../log/note.ts';
import type { TileEdge } from '../log/tiles.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { type BrokenStory, type SessionStory, tellSession } from './session-story.ts';

/** Of the journal: more than its file has room for. */
const NOTES_MAX = 2_048;

type Place = Pick<ReadLogOptions, 'directory' | 'files' | 'verifier'>;

export class LeafIndex {
  readonly #place: Place;
  /** Numbers of the full bundles that hold leaves of each session, rising. */
  readonly #bundles = new Map<string, number[]>();
  /** Of each full bundle. */
  readonly #roots: Uint8Array[] = [];
  readonly #openNote = rememberCheckpoints(NOTES_MAX);
  #edge: TileEdge | undefined;
  /** One reading at a time: what it finds is added as one act. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param place the log's directory. */
  constructor(place: Place) {
    this.#place = place;
  }

  storyOf(sessionId: string): Promise<SessionStory | BrokenStory> {
    const told = this.#turn.then(() => this.#tell(sessionId));
    this.#turn = told.catch(() => undefined);
    return told;
  }

  async #tell(sessionId: string): Promise<SessionStory | BrokenStory> {
    const known = this.#bundles.get(sessionId) ?? [];
    const finder = createSessionFinder(new Set([sessionId]));
    for (const number of [...known]) {
      const entries = await this.#readAgain(number);
      if (!Array.isArray(entries)) return entries;
      entries.forEach(finder.visit);
    }
    const broken = await this.#readOn(finder.visit);
    return broken ?? tellSession(finder.leavesOf(sessionId));
  }

  /** What was appended since; nothing of it is kept unless the log is sound. */
  async #readOn(visit: (entry: LogEntry) => void): Promise<BrokenStory | undefined> {
    const found: [session: string, bundle: number][] = [];
    const roots: Uint8Array[] = [];
    const reading = await readLog({
      ...this.#place,
      openNote: this.#openNote,
      ...(this.#edge === undefined ? {} : { from: this.#edge }),
      onBundle: (_number, root) => void roots.push(root),
      visit: (entry) => {
        visit(entry);
        const session = sessionOf(latin1(entry.bytes));
        if (session !== undefined) found.push([session, Math.floor(entry.index / TILE_WIDTH)]);
      },
    });
    if (reading.condition !== 'sound') return brokenBy(reading.condition, reading.detail);
    this.#edge = reading.published.full;
    const full = this.#edge.tree.size / TILE_WIDTH;
    // Of the journal, too, bundles may have become full on the way: these are read again when they are files.
    this.#roots.push(...roots.slice(0, full - this.#roots.length));
    for (const [session, bundle] of found) if (bundle < full) this.#note(session, bundle);
    return undefined;
  }

  #note(session: string, bundle: number): void {
    const bundles = this.#bundles.get(session);
    if (bundles === undefined) this.#bundles.set(session, [bundle]);
    else if (bundles.at(-1) !== bundle) bundles.push(bundle);
  }

  async #readAgain(number: number): Promise<LogEntry[] | BrokenStory> {
    const read = await readBundle(this.#place, number, TILE_WIDTH);
    if (!Array.isArray(read)) return brokenBy(read.condition, read.detail);
    const tree = createTree(nodeCrypto);
    const entries = read.map((bytes, at) => ({
      index: number * TILE_WIDTH + at,
      bytes,
      hash: hashLeaf(nodeCrypto, bytes),
    }));
    for (const { hash } of entries) tree.append(hash);
    const root = this.#roots[number];
    // Stops a log that is altered behind the back of a process that has read it once.
    if (root === undefined || !equal(tree.root(), root))
      return brokenBy('altered', `The entries of bundle ${number} of the log are others than before.`);
    return entries;
  }
}

function brokenBy(condition: 'missing' | 'altered', detail: string): BrokenStory {
  return { verdict: condition === 'missing' ? 'INCOMPLETE' : 'TAMPERED', at: null, detail };
}
