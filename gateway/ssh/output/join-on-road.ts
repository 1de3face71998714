/** A program's output on the one road: every exec, line and shell is joined through here. */
import { join, type Joined } from '../join.ts';
import { feed } from '../stream-io.ts';
import { endUse } from './at-limit.ts';
import type { ChannelWork, Exit } from '../model.ts';
import type { RoadOptions } from './model.ts';
import { OutputRoad } from './road.ts';
import { tellOf } from './speech.ts';

export interface OnRoad extends Omit<Joined, 'hold' | 'session' | 'person' | 'request'>, RoadOptions {
  /** What the caller's own filter held back and lets go when the program has ended. */
  readonly rest?: () => Buffer;
}

type ForwardInput = NonNullable<Joined['forwardInput']>;

export interface RoadEnd {
  readonly exit: Exit;
  /** Whether a limit kept some of the output back. */
  readonly exceeded: boolean;
}

/** As `join`; what the caller's filter lets through goes through the guard, the meters and the masks. */
export async function joinOnRoad(work: ChannelWork, onRoad: OnRoad): Promise<RoadEnd> {
  const { act, lineAct, delivery, isShell, rest, filter, filterInput, forwardInput, typedLate, ...joined } = onRoad;
  const { session, person, request } = work;
  const road = new OutputRoad(work, {
    ...{ act, lineAct, delivery, isShell },
    typedLate: person.hasTerminal
      ? (take, signal) => {
          const recorded = recording(work, take);
          return typedLate?.(recorded, signal) ?? readLate(work, recorded, signal);
        }
      : undefined,
  });
  const stopWatching = request.onSignal(() => road.interrupt());
  let exit: Exit = {};
  try {
    exit = await join({
      ...joined,
      ...{ session, person, request, hold: road },
      filtersKeepNothing: filter === undefined && filterInput === undefined,
      filter: (stream, chunk) => {
        const own = filter?.(stream, chunk);
        if (own === undefined) return road.filter(stream, chunk);
        const passed = road.filter(stream, Buffer.from(own.pass.buffer, own.pass.byteOffset, own.pass.length));
        return { ...own, ...passed, stop: own.stop || passed.stop };
      },
      ...(forwardInput === undefined ? {} : { forwardInput: forwardOn(road, forwardInput) }),
      filterInput: (chunk) => {
        road.noteInput(chunk);
        return filterInput?.(chunk) ?? { pass: chunk, stop: false };
      },
    });
    const late = road.finish(rest?.());
    if (late.length > 0) await person.show('o', late);
  } finally {
    stopWatching();
    if (road.inUse !== undefined) await endUse(work, road.inUse, exit);
    await tellEnd(work, road);
  }
  return { exit, exceeded: road.isStopped || road.refusedBytes > 0 };
}

function forwardOn(road: OutputRoad, forward: ForwardInput): ForwardInput {
  return (take) =>
    forward(async (chunk) => {
      road.noteInput(chunk);
      await take(chunk);
    });
}

/** It goes to no program, and is recorded all the same. */
function recording({ session }: ChannelWork, take: (chunk: Uint8Array) => void) {
  return (chunk: Uint8Array): void => {
    session.record('i', chunk).catch(() => undefined); // The recorder failed: the session is ending for it.
    take(chunk);
  };
}

/** What is typed on a channel that nobody else reads any more. */
function readLate({ person }: ChannelWork, take: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<void> {
  const until = {
    isFull: false,
    get failed() {
      return signal.aborted;
    },
    onChange(listener: () => void) {
      signal.addEventListener('abort', listener);
      return () => signal.removeEventListener('abort', listener);
    },
  };
  return feed(person.channel, [until], take);
}

async function tellEnd(work: ChannelWork, { dropped, refusedBytes: bytes }: OutputRoad): Promise<void> {
  const { session, person } = work;
  const kinds = [...dropped].map(([kind, counted]) => ({ kind, ...counted }));
  if (kinds.length > 0) {
    await tellOf(work, { type: 'output.filtered', body: { dropped: kinds } });
    await mark(work, `left out: ${kinds.map(({ kind, sequences }) => `${kind} ${sequences}`).join(', ')}`);
    const { told } = work.meter.connection;
    const isNew = person.hasTerminal && !told.has('filtered');
    told.add('filtered');
    if (isNew && !session.signal.aborted) {
      await person.say('output.filtered', 'output_filtered', { kinds: kinds.map(({ kind }) => kind).join(', ') });
    }
  }
  if (bytes === 0) return;
  await tellOf(work, { type: 'output.refused', body: { bytes } });
  await mark(work, `not shown: ${bytes} bytes`);
  if (!session.signal.aborted) await person.say('meter.refused', 'output_refused', { bytes });
}

/** The recording may be full or failing: then the session ends for it. */
function mark({ session }: ChannelWork, label: string): Promise<void> {
  return session.mark(label).catch(() => undefined);
}
