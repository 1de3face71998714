import { LIMITS } from '../../foundation/index.ts';
import { plainWords } from './argv.ts';
import { readGit } from './git.ts';
import type { Transfer } from './model.ts';
import { readRsync } from './rsync.ts';
import { readScp } from './scp.ts';

/** Where a program of this name is the system's own: one uploaded beside the files may carry the same name. */
const PROGRAM =
  /^(?:\/(?:usr\/(?:local\/)?)?bin\/)?(scp|rsync|git|git-upload-pack|git-receive-pack|git-upload-archive)$/;

/**
 * The file transfer that an exec request starts, or undefined when it is any other command. Pure; what is not exactly
 * the server's side of a file protocol stays an ordinary command, which the gate judges.
 */
export function readTransfer(command: string): Transfer | undefined {
  if (Buffer.byteLength(command) > LIMITS.commandBytesMax) return undefined;
  const [program, ...args] = plainWords(command) ?? [];
  if (program?.exact !== true) return undefined;
  const name = PROGRAM.exec(program.text)?.[1];
  if (name === undefined) return undefined;
  if (name === 'scp') return readScp(args);
  if (name === 'rsync') return readRsync(args);
  return readGit(name, args);
}
