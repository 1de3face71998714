/**
 * Makes stored files immutable (`chattr +i`, ext4 and its like): nobody but root can then change, rename or remove them,
 * and root has to say so first. Against an accident and a stolen account, not against root.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asError, LIMITS, type Log } from '../../foundation/index.ts';
import { type FileSystem, removeFile } from '../files.ts';

const run = promisify(execFile);
/** By its full path: a `chattr` of somebody else's PATH would run as the gateway. */
const PROGRAMS = ['/usr/bin/chattr', '/bin/chattr'];

export interface Immutability extends AsyncDisposable {
  readonly isPermitted: boolean;
  /** Marks the file a moment later, with others. Failures are logged: the file is stored all the same. */
  add(path: string): void;
  /** Resolves when nothing waits to be marked. */
  settled(): Promise<void>;
}

/** Asks once, with a file of its own, whether files in `directory` can be made immutable, and by whom. */
export async function createImmutability(
  directory: string,
  { files, log }: { readonly files: FileSystem; readonly log: Log },
): Promise<Immutability> {
  const probe = join(directory, `.immutable-probe-${process.pid}`);
  for (const program of PROGRAMS) {
    if (await isPermitted(program, probe, files)) return new Marking(program, log);
  }
  const nothing = (): Promise<void> => Promise.resolve();
  return { isPermitted: false, add: () => undefined, settled: nothing, [Symbol.asyncDispose]: nothing };
}

async function isPermitted(program: string, probe: string, files: FileSystem): Promise<boolean> {
  const chattr = (flag: string): Promise<boolean> => run(program, [flag, '--', probe]).then(succeeded, failed);
  await chattr('-i'); // What a crash between the two calls below left.
  await removeFile(files, probe);
  await (await files.open(probe, 'wx')).close();
  const isMarked = await chattr('+i');
  // Believed only when the mark keeps the file from being removed: some file systems take it and do nothing.
  const isHeld = isMarked && (await files.unlink(probe).then(failed, succeeded));
  if (isMarked) await chattr('-i');
  await removeFile(files, probe);
  return isHeld;
}

const succeeded = (): boolean => true;
const failed = (): boolean => false;

class Marking implements Immutability {
  readonly isPermitted = true;
  readonly #program: string;
  readonly #log: Log;
  #waiting: string[] = [];
  #running: Promise<void> | undefined;

  constructor(program: string, log: Log) {
    this.#program = program;
    this.#log = log;
  }

  add(path: string): void {
    this.#waiting.push(path);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const paths = this.#waiting.splice(0, LIMITS.immutableFilesPerCall);
      await run(this.#program, ['+i', '--', ...paths]).catch((thrown: unknown) => {
        this.#log.warn(
          { event: 'recorder.immutable_failed', err: asError(thrown) },
          'files could not be made immutable',
        );
      });
    }
    this.#running = undefined;
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.settled();
  }
}
