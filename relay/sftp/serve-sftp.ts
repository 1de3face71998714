/** One sftp channel: its requests one after the other, each answered once. */
import ssh2, { type SFTPWrapper } from 'ssh2';
import { asError, LIMITS, type Log } from '../../foundation/index.ts';
import { absolute } from './names.ts';
import { type ClientWindow, watchWindow } from './window.ts';
import { Absent, type Handle, Refused, type RelayFiles, statusOf } from './files.ts';

const { STATUS_CODE } = ssh2.utils.sftp;

/** @returns resolves when the channel is over and what was not whole is given up. */
export function serveSftp(sftp: SFTPWrapper, files: RelayFiles, log: Log): Promise<void> {
  return new Channel(sftp, files, log).served();
}

class Channel {
  readonly #sftp: SFTPWrapper;
  readonly #files: RelayFiles;
  readonly #log: Log;
  readonly #handles = new Map<string, Handle>();
  readonly #window: ClientWindow;
  #pending = 0;
  #next = 0;
  /** Requests in their order: a close comes after the writes before it. */
  #turn: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(sftp: SFTPWrapper, files: RelayFiles, log: Log) {
    this.#sftp = sftp;
    this.#files = files;
    this.#log = log;
    this.#window = watchWindow(sftp);
    this.#listenToPaths();
    this.#listenToHandles();
  }

  served(): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        if (this.#isOver) return;
        this.#isOver = true;
        this.#window.close();
        // After the close that may be on its way: a put whose close was read is whole.
        void this.#turn.then(() => this.#files.end()).then(resolve, () => resolve());
      };
      this.#sftp.once('end', () => {
        this.#sftp.end();
        over();
      });
      this.#sftp.once('close', over);
      this.#sftp.on('error', over);
    });
  }

  #listenToPaths(): void {
    const sftp = this.#sftp;
    sftp.on('REALPATH', (id, path) => {
      const filename = absolute(path);
      sftp.name(id, [
        { filename, longname: filename, attrs: { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 } },
      ]);
    });
    const stat = (id: number, path: string): void =>
      this.#answer(id, async () => sftp.attrs(id, await this.#files.stat(path)));
    sftp.on('STAT', stat);
    sftp.on('LSTAT', stat);
    sftp.on('OPENDIR', (id, path) => this.#answer(id, async () => this.#keep(id, await this.#files.list(path))));
    sftp.on('OPEN', (id, path, flags) =>
      this.#answer(id, async () => this.#keep(id, await this.#files.open(path, flags))),
    );
    // Modes and times that a client wants to set mean nothing here; refusing them would only fail its copy.
    sftp.on('SETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
    sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
    const refuse = (kind: string) => (id: number, path: string) =>
      this.#answer(id, async () => {
        await this.#files.refuse(kind, path);
        throw new Refused();
      });
    sftp.on('REMOVE', refuse('remove'));
    sftp.on('RMDIR', refuse('rmdir'));
    sftp.on('MKDIR', refuse('mkdir'));
    sftp.on('RENAME', refuse('rename'));
    sftp.on('SYMLINK', refuse('symlink'));
    sftp.on('READLINK', refuse('readlink'));
    sftp.on('EXTENDED', (id) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
  }

  #listenToHandles(): void {
    const sftp = this.#sftp;
    sftp.on('FSTAT', (id, name) =>
      this.#answer(id, () => {
        const handle = this.#handle(name);
        const size = handle.kind === 'take' ? handle.bytes : 0;
        sftp.attrs(id, { mode: 0o100600, uid: 0, gid: 0, size, atime: 0, mtime: 0 });
        return Promise.resolve();
      }),
    );
    sftp.on('READ', (id, name, offset, length) =>
      this.#answer(id, async () => {
        if (this.#isOver) throw new Refused(); // Nobody is there to whom the last bytes could go.
        const bytes = await this.#files.read(this.#handle(name), offset, length);
        if (bytes.length === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.data(id, bytes);
      }),
    );
    sftp.on('WRITE', (id, name, offset, bytes) =>
      this.#answer(id, async () => {
        await this.#files.write(this.#handle(name), offset, bytes);
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('READDIR', (id, name) =>
      this.#answer(id, () => {
        const handle = this.#handle(name);
        const page = handle.kind === 'list' ? handle.entries?.splice(0, LIMITS.pageRowsMax) : undefined;
        if (page === undefined || page.length === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.name(id, page);
        return Promise.resolve();
      }),
    );
    sftp.on('CLOSE', (id, name) =>
      this.#answer(id, async () => {
        const handle = this.#handle(name);
        this.#handles.delete(name.toString('latin1'));
        await this.#files.close(handle);
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
  }

  #answer(id: number, work: () => Promise<void>): void {
    this.#pending += 1;
    // Nobody waits for so many answers at once; whoever asks on and reads none would fill the memory.
    if (this.#pending > LIMITS.relayRequestsPendingMax) this.#sftp.end();
    this.#turn = this.#turn.then(async () => {
      this.#pending -= 1;
      if (this.#isOver && this.#handles.size === 0) return;
      await this.#window.taken();
      try {
        await work();
      } catch (thrown) {
        if (!(thrown instanceof Absent) && !(thrown instanceof Refused)) {
          this.#log.warn({ event: 'relay.request_failed', err: asError(thrown) }, 'a request of a system failed');
        }
        this.#sftp.status(id, statusOf(thrown));
      }
    });
  }

  #handle(name: Buffer): Handle {
    const handle = this.#handles.get(name.toString('latin1'));
    if (handle === undefined) throw new Refused();
    return handle;
  }

  #keep(id: number, handle: Handle): void {
    if (this.#handles.size >= LIMITS.relayHandlesMax) throw new Refused();
    const name = String(this.#next++);
    this.#handles.set(name, handle);
    this.#sftp.handle(id, Buffer.from(name));
  }
}
