/** Makes the names in one directory durable, for many at once: a sync that begins after somebody asked is theirs too. */
import { type FileSystem, type OpenFile } from './files.ts';

export class DirectorySync implements AsyncDisposable {
  readonly #files: FileSystem;
  readonly #path: string;
  #directory: Promise<OpenFile> | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Resolves when every name made before the call is on the disk. @throws what the file system said. */
  sync(): Promise<void> {
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined); // Its own askers are told.
    this.#running = this.#next;
    this.#next = undefined;
    this.#directory ??= this.#files.open(this.#path, 'r');
    await (await this.#directory).sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#directory)?.close();
  }
}
