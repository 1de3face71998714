/** One WebSocket on a terminal: reads its messages strictly, notices when it is gone, and never buffers without bound. */
import type { RawData, WebSocket } from 'ws';
import { LIMITS } from '../../foundation/index.ts';
import type { TerminalChannel, Viewer } from './channel.ts';
import { readMessage, type Window } from './wire.ts';

const NORMAL = 1_000;
const PROTOCOL_ERROR = 1_002;

export interface Seat {
  readonly channel: TerminalChannel;
  readonly since: number | null;
  readonly resized: (window: Window) => void;
  /** The connection is gone; `left`: because the person closed the terminal. */
  readonly gone: (left: boolean) => void;
}

/** Connects a browser to a terminal until one of the two goes. */
export function seat(socket: WebSocket, { channel, since, resized, gone }: Seat): void {
  let left = false;
  const viewer: Viewer = {
    bytes: (bytes) => socket.send(bytes, { binary: true }, () => undefined),
    message: (message) => socket.send(JSON.stringify(message), () => undefined),
    hold: (isHeld) => (isHeld ? socket.pause() : socket.resume()),
    close: () => socket.close(NORMAL),
  };
  const take = (text: string): void => {
    const message = readMessage(text);
    if (message === undefined) {
      socket.close(PROTOCOL_ERROR);
    } else if (message.type === 'resize') {
      resized({ columns: message.columns, rows: message.rows });
    } else if (message.type === 'drawn') {
      channel.drawn(viewer, message.offset);
    } else {
      left = true;
      socket.close(NORMAL);
    }
  };
  socket.on('message', (data, isBinary) => {
    const bytes = bytesOf(data);
    if (isBinary) channel.typed(viewer, bytes);
    else take(bytes.toString('utf8'));
  });
  socket.on('error', () => undefined); // A frame that breaks the protocol; the connection closes after it.
  const stopAsking = askWhetherThere(socket);
  socket.once('close', () => {
    stopAsking();
    if (channel.detach(viewer)) gone(left);
  });
  channel.attach(viewer, since);
}

/** A connection that was cut without a word is noticed: what it is asked it does not answer. */
function askWhetherThere(socket: WebSocket): () => void {
  let answered = true;
  let timer: NodeJS.Timeout | undefined;
  const ask = (): void => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping(undefined, undefined, () => undefined);
    timer = setTimeout(ask, LIMITS.terminalPingSeconds * 1_000);
  };
  socket.on('pong', () => {
    answered = true;
  });
  timer = setTimeout(ask, LIMITS.terminalPingSeconds * 1_000);
  return () => clearTimeout(timer);
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
