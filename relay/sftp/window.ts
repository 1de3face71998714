/** How the library waits for the client to take what it was sent. */
import type { SFTPWrapper } from 'ssh2';

export interface ClientWindow {
  /** Resolves when nothing waits for the client: what it does not read must not pile up here. */
  taken(): Promise<void>;
  /** Nobody takes anything any more. */
  close(): void;
}

/**
 * The library (1.17.0) keeps in `_chunkcb` what goes on when the client's window opens, and calls it without the object
 * that it works on, which breaks the connection in the middle of a large file. Here it is bound to it, and watched.
 */
export function watchWindow(sftp: SFTPWrapper): ClientWindow {
  let goesOn: (() => void) | undefined;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  Object.defineProperty(sftp, '_chunkcb', {
    get: () => {
      const next = goesOn; // It is forgotten before it is called.
      return next === undefined ? undefined : () => next.call(sftp);
    },
    set: (next: (() => void) | undefined) => {
      goesOn = next;
      if (next === undefined) wake();
    },
  });
  return {
    async taken() {
      // Looked at again: what went on may wait for the next piece of window already.
      while (goesOn !== undefined && !isClosed) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    close() {
      isClosed = true;
      wake();
    },
  };
}
