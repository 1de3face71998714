/** Starts the embedded database in the directory named, says where it is, and ends with its standard input. */
import { once } from 'node:events';
import { createLog } from '../../foundation/index.ts';
import { startEmbeddedPostgres } from '../../main/embedded-postgres/index.ts';

const server = await startEmbeddedPostgres({ directory: process.argv[2] ?? '', log: createLog('silent') });
const { pid, home } = server;
process.stdout.write(`${JSON.stringify({ pid, home, ownerUrl: server.ownerUrl.expose() })}\n`);
await once(process.stdin.resume(), 'end');
await server[Symbol.asyncDispose]();
