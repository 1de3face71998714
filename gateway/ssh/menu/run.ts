/** The menu on a channel: draws, waits for keys, draws again. */
import { LIMITS } from '../../../foundation/index.ts';
import type { Locale } from '../../../policy/index.ts';
import type { ChannelRequest } from '../model.ts';
import type { PersonChannel } from '../person-channel.ts';
import { PeerGone, writeTo } from '../stream-io.ts';
import type { Terminal } from '../target/index.ts';
import { draw, ENTER_SCREEN, LEAVE_SCREEN, pageRows, type Size } from './draw.ts';
import { type Key, KeyReader } from './keys.ts';
import { type MenuItem, type MenuState, press, type Step } from './state.ts';

export type Choice =
  | { readonly kind: 'chosen'; readonly loginName: string }
  | { readonly kind: 'left' }
  /** Nobody pressed a key for a long time. */
  | { readonly kind: 'idle' };

export interface MenuOptions {
  readonly items: readonly MenuItem[];
  /** Typed already. */
  readonly filter: string;
  readonly locale: Locale;
  readonly zone: string;
  readonly idleSeconds?: number;
}

/** How long an escape may wait for the rest of its sequence before it is the Escape key. */
const ESCAPE_MS = 100;
const SIZE_OF_NONE: Size = { columns: 80, rows: 24 };

/**
 * Shows the menu until something is chosen or the person leaves. What was typed after the choice stays on the channel.
 * @throws {PeerGone} when the channel closes meanwhile.
 */
export async function runMenu(
  channel: PersonChannel,
  request: Pick<ChannelRequest, 'terminal' | 'onResize' | 'closed'>,
  { items, filter, locale, zone, idleSeconds = LIMITS.menuIdleSeconds }: MenuOptions,
): Promise<Choice> {
  let state: MenuState = { items, filter, selected: 0 };
  const size = (): Size => sizeOf(request.terminal);
  const show = (before = ''): Promise<void> =>
    writeTo(channel, channel, Buffer.from(before + draw(state, size(), { locale, zone })));
  const stopResizing = request.onResize(() => void show().catch(() => undefined));
  const keys = new KeyReader();
  try {
    await show(ENTER_SCREEN);
    for (;;) {
      const bytes = await nextBytes(channel, request.closed, keys.isWaiting ? ESCAPE_MS : idleSeconds * 1_000);
      if (bytes === 'late' && !keys.isWaiting) return { kind: 'idle' };
      if (bytes === 'ended') return { kind: 'left' };
      const pressed = bytes === 'late' ? { keys: [keys.giveUp()], rest: undefined } : keys.read(bytes);
      const step = pressAll(state, pressed.keys, pageRows(size()));
      if (step.kind !== 'stay') {
        if (pressed.rest !== undefined && pressed.rest.length > 0) channel.unshift(pressed.rest);
        return step.kind === 'left' ? step : { kind: 'chosen', loginName: step.item.loginName };
      }
      state = step.state;
      await show();
    }
  } finally {
    stopResizing();
    await writeTo(channel, channel, Buffer.from(LEAVE_SCREEN)).catch(() => undefined);
  }
}

function pressAll(state: MenuState, keys: readonly Key[], page: number): Step {
  let step: Step = { kind: 'stay', state };
  for (const key of keys) {
    if (step.kind !== 'stay') return step;
    step = press(step.state, key, page);
  }
  return step;
}

function sizeOf(terminal: Terminal | undefined): Size {
  const { columns = 0, rows = 0 } = terminal ?? {};
  return { columns: columns || SIZE_OF_NONE.columns, rows: rows || SIZE_OF_NONE.rows };
}

/** What comes next, or that nothing came in time, or nothing more will. @throws {PeerGone} */
function nextBytes(channel: PersonChannel, closed: AbortSignal, waitMs: number): Promise<Buffer | 'late' | 'ended'> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const settle = (how: () => void): void => {
      for (const stop of stops) stop();
      how();
    };
    const take = (): void => {
      const bytes = channel.read() as Buffer | null;
      if (bytes !== null) settle(() => resolve(bytes));
      else if (channel.readableEnded) settle(() => resolve('ended'));
    };
    const end = (): void => settle(() => resolve('ended'));
    const gone = (): void => settle(() => reject(new PeerGone()));
    const timer = setTimeout(() => settle(() => resolve('late')), waitMs);
    stops.push(() => clearTimeout(timer));
    channel.on('readable', take).on('end', end).on('close', gone);
    closed.addEventListener('abort', gone);
    stops.push(() => channel.off('readable', take).off('end', end).off('close', gone));
    stops.push(() => closed.removeEventListener('abort', gone));
    if (closed.aborted || channel.destroyed) gone();
    else take();
  });
}
