/** The shapes of file transfers. */
import type { Word } from '../command/model.ts';

export type FileProtocol = 'sftp' | 'scp' | 'rsync' | 'git';

/** `upload`: from the person to the target. `download`: from the target to the person. */
export type TransferDirection = 'upload' | 'download';

/** The server's side of a file protocol, started by an exec request. */
export interface Transfer {
  readonly protocol: Exclude<FileProtocol, 'sftp'>;
  /** The way the files go. */
  readonly direction: TransferDirection;
  /** Every right it needs; more than one where it reads and removes. */
  readonly needs: readonly TransferDirection[];
  /** What it reads or writes, as the command names it. */
  readonly paths: readonly Word[];
  /** Whether it goes down into directories. */
  readonly recursive: boolean;
  /** Whether the last path is surely a directory to put files into. */
  readonly intoDirectory: boolean;
  /** Whether it reads what links inside a directory lead to, which no name of its own shows. */
  readonly followsLinks: boolean;
  /** Whether what stands where it writes may be found under another name afterwards. */
  readonly frees: boolean;
  /** Whether it leaves symbolic links wherever the person wants them to lead. */
  readonly makesLinks: boolean;
  /** What in it no grant opens, for example an option that runs another program. */
  readonly refused: string | undefined;
}
