/** The target's sftp: the customer directory, read only. Nothing else of the machine is served, whoever asks. */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const READ_ONLY: number = OPEN_MODE.READ;
const HANDLES_MAX = 16;
const READ_BYTES_MAX = 256 * 1024;

interface Handle {
  readonly path: string;
  /** Undefined for the directory. */
  readonly file: FileHandle | undefined;
  listed: boolean;
}

/** @param directory absolute; its files are world-readable, so serving them gives nobody more than a shell does. */
export function serveSftp(sftp: SFTPWrapper, directory: string): void {
  const files = new ServedFiles(sftp, directory);
  sftp.on('REALPATH', (id, path) => {
    const filename = posix.resolve(directory, path);
    sftp.name(id, [{ filename, longname: filename, attrs: NO_ATTRIBUTES }]);
  });
  const answerStat = (id: number, path: string): void => files.answer(id, () => files.stat(id, path));
  sftp.on('STAT', answerStat);
  sftp.on('LSTAT', answerStat);
  sftp.on('FSTAT', (id, handle) => files.answer(id, () => files.stat(id, files.handle(handle).path)));
  sftp.on('OPEN', (id, path, flags) => files.answer(id, () => files.open(id, path, flags)));
  sftp.on('READ', (id, handle, offset, length) => files.answer(id, () => files.read(id, handle, { offset, length })));
  sftp.on('OPENDIR', (id, path) => files.answer(id, () => files.openDirectory(id, path)));
  sftp.on('READDIR', (id, handle) => files.answer(id, () => files.list(id, handle)));
  sftp.on('CLOSE', (id, handle) => files.answer(id, () => files.close(id, handle)));
  sftp.once('end', () => sftp.end());
  sftp.once('close', () => files.closeAll());
}

/** What is open on one channel. */
class ServedFiles {
  readonly #sftp: SFTPWrapper;
  readonly #directory: string;
  readonly #handles = new Map<string, Handle>();
  #next = 0;

  constructor(sftp: SFTPWrapper, directory: string) {
    this.#sftp = sftp;
    this.#directory = directory;
  }

  /** Whatever goes wrong is "no such file": each request is owed an answer. */
  answer(id: number, work: () => Promise<void>): void {
    work().catch(() => this.#sftp.status(id, STATUS_CODE.NO_SUCH_FILE));
  }

  handle(name: Buffer): Handle {
    return required(this.#handles.get(name.toString()));
  }

  async stat(id: number, path: string): Promise<void> {
    this.#sftp.attrs(id, await attributesOf(this.#served(path)));
  }

  async open(id: number, path: string, flags: number): Promise<void> {
    if (flags !== READ_ONLY) {
      this.#sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
      return;
    }
    const served = this.#served(path);
    this.#keep(id, { path: served, file: await open(served, 'r'), listed: false });
  }

  async openDirectory(id: number, path: string): Promise<void> {
    const served = this.#served(path);
    await readdir(served);
    this.#keep(id, { path: served, file: undefined, listed: false });
  }

  async read(id: number, name: Buffer, { offset, length }: { offset: number; length: number }): Promise<void> {
    const buffer = Buffer.alloc(Math.min(length, READ_BYTES_MAX));
    const { bytesRead } = await required(this.handle(name).file).read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) this.#sftp.status(id, STATUS_CODE.EOF);
    else this.#sftp.data(id, buffer.subarray(0, bytesRead));
  }

  async list(id: number, name: Buffer): Promise<void> {
    const handle = this.handle(name);
    if (handle.listed) {
      this.#sftp.status(id, STATUS_CODE.EOF);
      return;
    }
    handle.listed = true;
    const names = await readdir(handle.path);
    const entry = async (filename: string) => {
      const attrs = await attributesOf(join(handle.path, filename));
      return { filename, longname: `-r--r--r-- 1 crm crm ${attrs.size} ${filename}`, attrs };
    };
    this.#sftp.name(id, await Promise.all(names.map(entry)));
  }

  async close(id: number, name: Buffer): Promise<void> {
    const { file } = this.handle(name);
    this.#handles.delete(name.toString());
    await file?.close();
    this.#sftp.status(id, STATUS_CODE.OK);
  }

  closeAll(): void {
    for (const { file } of this.#handles.values()) void file?.close();
    this.#handles.clear();
  }

  #keep(id: number, handle: Handle): void {
    if (this.#handles.size >= HANDLES_MAX) {
      void handle.file?.close();
      this.#sftp.status(id, STATUS_CODE.FAILURE);
      return;
    }
    const name = String(this.#next++);
    this.#handles.set(name, handle);
    this.#sftp.handle(id, Buffer.from(name));
  }

  /** @throws when the path is outside the directory. */
  #served(path: string): string {
    const absolute = posix.resolve(this.#directory, path);
    return required(absolute === this.#directory || posix.dirname(absolute) === this.#directory ? absolute : undefined);
  }
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

async function attributesOf(path: string): Promise<Attributes> {
  const { mode, uid, gid, size, atimeMs, mtimeMs } = await stat(path);
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1_000), mtime: Math.floor(mtimeMs / 1_000) };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not served');
  return value;
}
