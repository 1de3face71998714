/**
 * A session's own file. Small pieces are written behind the write-ahead log and made durable once, when it is sealed;
 * a flood goes here directly and is made durable at once, so that its bytes are not stored twice.
 */
import { dirname } from 'node:path';
import {
  type FileSystem,
  type OpenFile,
  READ_ONLY_MODE,
  sizeOf,
  syncDirectory,
  writePages,
  writeParts,
} from './files.ts';
import { PAGE_BYTES } from './shared-blocks.ts';

const PIECE_BYTES = 256 * 1024;

/** Writes that are on the disk when they return. */
export interface DirectFile {
  /** What stands in the last page, which is not full. */
  readonly tail: Buffer;
  /** Writes whole pages at `position`; up to `end` they are the recording, behind it they are zeros. */
  readonly write: (pages: readonly Buffer[], position: number, end: number) => Promise<void>;
}

export interface RecordingFile {
  /** Bytes taken and not yet given to the file system. */
  readonly backlogBytes: number;
  /** Takes the next bytes; they are written soon, and for certain before `seal` resolves. */
  push(parts: readonly Buffer[]): void;
  /** Resolves when what was taken so far is written. @throws what the file system said. */
  flush(): Promise<void>;
  /** Resolves when what was taken so far is on the disk; nothing more is pushed until the last write. @throws what the file system said. */
  direct(): Promise<DirectFile>;
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
  const file = await files.open(path, 'wx', READ_ONLY_MODE);
  const backlog = createBacklog(file, onFault);
  let pages: OpenFile | undefined;
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
    await pages?.close();
    await file.close();
  };
  return {
    get backlogBytes() {
      return backlog.bytes;
    },
    push: (parts) => backlog.push(parts),
    flush: () => backlog.flush(),
    async direct() {
      await backlog.flush();
      await file.datasync();
      await keepName();
      pages ??= await files.open(path, 'direct');
      const opened = pages;
      return {
        tail: await readTail(files, path, backlog.position),
        async write(parts, position, end) {
          await writePages(opened, parts, position);
          backlog.position = end;
        },
      };
    },
    async seal(sealedPath) {
      await backlog.flush();
      if (pages !== undefined) await file.truncate(backlog.position); // A last page is written whole.
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

async function readTail(files: FileSystem, path: string, end: number): Promise<Buffer> {
  const tail = Buffer.alloc(end % PAGE_BYTES);
  const file = await files.open(path, 'r');
  try {
    for (let done = 0; done < tail.length; ) {
      const { bytesRead } = await file.read(tail, done, tail.length - done, end - tail.length + done);
      if (bytesRead === 0) throw new Error('the file is shorter than what was written');
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
  return tail;
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
    /** Where the next byte goes, once everything is written. */
    get position() {
      return position;
    },
    set position(next: number) {
      position = next;
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
