/**
 * A session's own file. Small pieces are written behind the write-ahead log and made durable once, when it is sealed;
 * a flood goes here directly and is made durable at once, so that its bytes are not stored twice.
 */
import { dirname } from 'node:path';
import { type FileSystem, type OpenFile, sizeOf, syncDirectory, writeParts } from './files.ts';

const PIECE_BYTES = 256 * 1024;
/** Read-only from the beginning: the one who made it writes through what is open. */
const RECORDING_MODE = 0o400;

export interface RecordingFile {
  /** Bytes taken and not yet given to the file system. */
  readonly backlogBytes: number;
  /** Takes the next bytes; they are written soon, and for certain before `seal` resolves. */
  push(parts: readonly Buffer[]): void;
  /** Resolves when what was taken so far is written. @throws what the file system said. */
  flush(): Promise<void>;
  /** Resolves when what was taken so far is on the disk; more may be taken meanwhile. @throws what the file system said. */
  sync(): Promise<void>;
  /** Writes everything, and makes it durable, under `path` when it was made under another name. */
  seal(path: string): Promise<void>;
  /** Closes the file as it is; harmless after `seal`. */
  abandon(): Promise<void>;
}

/**
 * Creates the file. `onFault` is told of the first failed write; nothing more is written then. `syncNames` makes the names
 * in its directory durable.
 */
export async function createRecordingFile(
  files: FileSystem,
  path: string,
  onFault: (cause: unknown) => void,
  syncNames: () => Promise<void> = () => syncDirectory(files, dirname(path)),
): Promise<RecordingFile> {
  const file = await files.open(path, 'wx', RECORDING_MODE);
  const backlog = createBacklog(file, onFault);
  let isNamed = false;
  let closed = false;
  /** A power cut must not take the name of a file whose bytes were acknowledged. */
  const keepName = async (): Promise<void> => {
    if (isNamed) return;
    await syncNames();
    isNamed = true;
  };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  return {
    get backlogBytes() {
      return backlog.bytes;
    },
    push: (parts) => backlog.push(parts),
    flush: () => backlog.flush(),
    async sync() {
      await backlog.flush();
      await file.datasync();
      await keepName();
    },
    async seal(sealedPath) {
      await backlog.flush();
      await file.sync();
      await close();
      if (sealedPath !== path) await files.rename(path, sealedPath);
      await syncNames();
    },
    async abandon() {
      await backlog.stopped();
      await close();
    },
  };
}

/** Writes what is pushed, one write after the other, in pieces worth a call. */
function createBacklog(file: OpenFile, onFault: (cause: unknown) => void) {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let writingBytes = 0;
  let position = 0;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    const parts = waiting;
    writingBytes = waitingBytes;
    waiting = [];
    waitingBytes = 0;
    await writeParts(file, parts, position);
    position += writingBytes;
    writingBytes = 0;
  };
  const start = (bytesMin: number): void => {
    if (writing !== undefined || waitingBytes < bytesMin) return;
    writing = write().then(() => {
      writing = undefined;
      start(PIECE_BYTES);
    });
    writing.catch(onFault); // Stays rejected, so that nothing more is written and `seal` tells.
  };
  return {
    get bytes() {
      return waitingBytes + writingBytes;
    },
    push(parts: readonly Buffer[]): void {
      waiting.push(...parts);
      waitingBytes += sizeOf(parts);
      start(PIECE_BYTES);
    },
    async flush(): Promise<void> {
      const end = position + writingBytes + waitingBytes;
      while (position < end) {
        start(1);
        await writing;
      }
    },
    /** Resolves when no write is under way. */
    async stopped(): Promise<void> {
      await writing?.catch(() => undefined);
    },
  };
}
