/** A file system of a few megabytes. Needs root. */
import { mkdir } from 'node:fs/promises';
import { runToEnd } from '../../support/gateway.ts';

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  resize(megabytes: number): Promise<void>;
}

export async function mountSmallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await must('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'sekisho-test', path]);
  return {
    path,
    resize: (size) => must('mount', ['-o', `remount,size=${size}m`, path]),
    [Symbol.asyncDispose]: () => must('umount', ['--lazy', path]),
  };
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runToEnd(program, args);
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}
