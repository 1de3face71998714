/** The loopback port of the embedded database: chosen by the system once, then kept while it is free. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { invariant } from '../../foundation/index.ts';

/** The port kept in `home`, or a new one when it is taken. */
export async function choosePort(home: string): Promise<number> {
  const file = join(home, 'port');
  const kept = Number.parseInt(await readFile(file, 'utf8').catch(() => '0'), 10);
  const port = (kept > 1023 && kept < 65_536 ? await freePort(kept) : undefined) ?? (await freePort(0));
  invariant(port, 'no loopback port is free');
  if (port !== kept) await writeFile(file, `${port}\n`, { mode: 0o600 });
  return port;
}

async function freePort(wanted: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
