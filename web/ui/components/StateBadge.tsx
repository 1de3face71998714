import type { TicketState } from '../api/ticket-schemas.ts';
import { useNameOf } from './use-locale.ts';

export type Tone = 'wait' | 'good' | 'bad' | 'quiet' | 'live';

const TONES: Readonly<Record<TicketState, Tone>> = {
  requested: 'wait',
  asked_back: 'wait',
  approved: 'good',
  in_use: 'live',
  review_due: 'wait',
  reviewed: 'quiet',
  used: 'quiet',
  aborted: 'bad',
  rejected: 'bad',
  withdrawn: 'quiet',
  revoked: 'bad',
  expired: 'quiet',
};

/** A short word in a frame. The tone only repeats what the word says. */
export function Tag({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className="state" data-tone={tone}>
      {children}
    </span>
  );
}

export function TicketStateTag({ state }: { readonly state: TicketState }) {
  return <Tag tone={TONES[state]}>{useNameOf()('state', state)}</Tag>;
}
