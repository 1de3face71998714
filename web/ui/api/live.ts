/** Watching a session that goes on: one stream of events, the screen's and what happened. */
import { useMutation } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call } from './client.ts';
import { Marker } from './replay.ts';

const Reset = z.object({ startedAt: z.number(), cols: z.number(), rows: z.number(), init: z.string() });
const Shown = z.tuple([z.number(), z.enum(['o', 'r']), z.string()]);
const Message = z.union([Shown, Reset]);

/** Asking is noted; the answer opens the stream. */
export const useWatch = (sessionId: string) =>
  useMutation({
    mutationFn: async () =>
      (await call(z.object({ view: z.string() }), 'POST', `/api/sessions/${encodeURIComponent(sessionId)}/watch`, {}))
        .view,
  });

export interface LiveListener {
  readonly onReset: (reset: z.infer<typeof Reset>) => void;
  readonly onShown: (code: 'o' | 'r', data: string) => void;
  readonly onMarker: (marker: Marker) => void;
  /** `lost`: the way to the gateway broke; the browser tries again by itself. */
  readonly onState: (state: 'shown' | 'lost' | 'ended') => void;
}

/** @returns what ends it. */
export function openLive(sessionId: string, view: string, listener: LiveListener): () => void {
  const search = new URLSearchParams({ view });
  const source = new EventSource(`/api/sessions/${encodeURIComponent(sessionId)}/live?${search.toString()}`);
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const message = z.parse(Message, JSON.parse(data));
    if (Array.isArray(message)) listener.onShown(message[1], message[2]);
    else {
      listener.onReset(message);
      listener.onState('shown');
    }
  });
  source.addEventListener('marker', ({ data }: MessageEvent<string>) => {
    listener.onMarker(z.parse(Marker, JSON.parse(data)));
  });
  source.addEventListener('done', () => {
    source.close();
    listener.onState('ended');
  });
  // What was refused is closed by the browser for good; what broke is opened again.
  source.addEventListener('error', () => listener.onState(source.readyState === EventSource.CLOSED ? 'ended' : 'lost'));
  return () => source.close();
}
