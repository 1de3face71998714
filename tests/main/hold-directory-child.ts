/** Holds the directory named until its standard input ends. */
import { once } from 'node:events';
import { holdDirectory } from '../../main/data-directory.ts';

const held = await holdDirectory(process.argv[2] ?? '');
process.stdout.write('held\n');
await once(process.stdin.resume(), 'end');
await held[Symbol.asyncDispose]();
