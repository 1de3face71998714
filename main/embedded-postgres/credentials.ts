/** The passwords of the embedded database's roles: random, made once, kept in a file of mode 0600. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Secret, hasErrno } from '../../foundation/index.ts';

const password = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const Stored = z.strictObject({ superuser: password, owner: password, gateway: password });

export type Role = keyof z.infer<typeof Stored>;
export type Credentials = Readonly<Record<Role, Secret<string>>>;

/** Reads the credentials in `home`, making them when there are none. */
export async function loadCredentials(home: string): Promise<Credentials> {
  const file = join(home, 'credentials.json');
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
  const stored = text === undefined ? await create(file) : Stored.parse(JSON.parse(text));
  return {
    superuser: new Secret(stored.superuser),
    owner: new Secret(stored.owner),
    gateway: new Secret(stored.gateway),
  };
}

async function create(file: string): Promise<z.infer<typeof Stored>> {
  const stored = { superuser: newPassword(), owner: newPassword(), gateway: newPassword() };
  await writeSecretFile(`${file}.new`, JSON.stringify(stored));
  await rename(`${file}.new`, file);
  return stored;
}

/** Writes a file only this process's user can read, durable when this returns. */
export async function writeSecretFile(file: string, text: string, owner?: { uid: number; gid: number }): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function newPassword(): string {
  return randomBytes(32).toString('base64url');
}
