/** One xterm.js on the page. It draws, and it types; what it may do beyond that is switched off. */
import '@fontsource/m-plus-1-code/400.css';
import '@fontsource/m-plus-1-code/700.css';
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import type { Window } from '../api/terminals.ts';

const FONT = '"M PLUS 1 Code"';
const FONT_SIZE = 15;
const SCROLLBACK_LINES = 5_000;
const ASKED_OF_FONT = 'abc日本語ｱ─';

interface ScreenOptions {
  readonly frame: HTMLElement;
  readonly label: string;
  readonly typed: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly pasted: (text: string) => void;
  readonly resized: (window: Window) => void;
}

export interface Screen {
  readonly window: () => Window;
  readonly write: (bytes: Uint8Array, drawn: () => void) => void;
  readonly clear: () => void;
  readonly paste: (text: string) => void;
  readonly focus: () => void;
  readonly dispose: () => void;
}

/** Resolves when the letters are there: the size of a cell is measured once. */
export async function openScreen({ frame, label, typed, pasted, resized }: ScreenOptions): Promise<Screen> {
  await Promise.all(
    ['400', '700'].map((weight) => document.fonts.load(`${weight} ${FONT_SIZE}px ${FONT}`, ASKED_OF_FONT)),
  );
  const terminal = new Terminal({
    allowProposedApi: true, // Of the widths of Unicode 11; the rest of it is not used.
    cursorBlink: false,
    fontFamily: `${FONT}, monospace`,
    fontSize: FONT_SIZE,
    lineHeight: 1.2,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: true, // What is drawn on a canvas is otherwise nothing to a screen reader.
    theme: { background: '#14161b', foreground: '#e6e6e6', cursor: '#e6e6e6', selectionBackground: '#3d5a9a' },
    // A target asks for the size, the title or the place of nothing here (CSI t): its answer would be typed.
    windowOptions: {},
    linkHandler: { activate: () => undefined },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.open(frame);
  terminal.textarea?.setAttribute('aria-label', label);
  const redraw = drawFast(terminal);
  fit.fit();
  const encoder = new TextEncoder();
  terminal.onData((text) => typed(encoder.encode(text)));
  terminal.onBinary((text) => typed(Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)));
  terminal.onResize(({ cols, rows }) => resized({ columns: cols, rows }));
  terminal.attachCustomKeyEventHandler((event) => !copies(terminal, event));
  // Before xterm.js sees it: whatever is pasted comes through the guard.
  const paste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    pasted(event.clipboardData?.getData('text/plain') ?? '');
  };
  frame.addEventListener('paste', paste, { capture: true });
  const watch = new ResizeObserver(() => fit.fit());
  watch.observe(frame);
  document.fonts.addEventListener('loadingdone', redraw);
  return {
    window: () => ({ columns: terminal.cols, rows: terminal.rows }),
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    clear: () => terminal.reset(),
    paste: (text) => terminal.paste(text),
    focus: () => terminal.focus(),
    dispose: () => {
      watch.disconnect();
      document.fonts.removeEventListener('loadingdone', redraw);
      frame.removeEventListener('paste', paste, { capture: true });
      terminal.dispose();
    },
  };
}

/** Draws by WebGL where there is any. @returns what draws everything again with letters that came late. */
function drawFast(terminal: Terminal): () => void {
  const redraw = (): void => terminal.refresh(0, terminal.rows - 1);
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose()); // The slower way takes over.
    terminal.loadAddon(webgl);
    return () => {
      terminal.clearTextureAtlas();
      redraw();
    };
  } catch {
    return redraw;
  }
}

/** Ctrl+Shift+C and Ctrl+Insert copy what is selected; Ctrl+C alone is the program's. */
function copies(terminal: Terminal, event: KeyboardEvent): boolean {
  const isCopy = event.ctrlKey && ((event.shiftKey && event.code === 'KeyC') || event.code === 'Insert');
  if (!isCopy || event.type !== 'keydown' || !terminal.hasSelection()) return false;
  event.preventDefault();
  void navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined);
  return true;
}
