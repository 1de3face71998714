/** What a real client and a real server say to each other, as it goes over the wire. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { Cleanup } from '../../foundation/index.ts';
import { findNewestOpenSsh } from '../../scripts/openssh-newest.mjs';
import { must, run } from '../world/run.ts';
import { startSshd } from '../world/sshd.ts';

export interface Transcripts {
  readonly client: Buffer;
  readonly server: Buffer;
}

/** One connection of the newest ssh to the newest sshd, listened to. Nobody signs in: what comes later is encrypted anyway. */
export async function recordTranscripts(directory: string): Promise<Transcripts> {
  const openSsh = findNewestOpenSsh();
  if ('missing' in openSsh) throw new Error(`the newest OpenSSH is ${openSsh.missing}`);
  const hostKey = join(directory, 'transcript-host');
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  await writeFile(join(directory, 'direct.pub'), '');
  const cleanup = new Cleanup();
  const sent = { client: [] as Buffer[], server: [] as Buffer[] };
  try {
    const sshd = await startSshd({ openSsh, directory, name: 'transcript', hostKey }, cleanup);
    const tap = createServer((near) => {
      const far = connect(sshd.port, '127.0.0.1');
      near.on('data', (bytes) => sent.client.push(bytes)).pipe(far);
      far.on('data', (bytes) => sent.server.push(bytes)).pipe(near);
      near.on('error', () => undefined);
      far.on('error', () => undefined);
    });
    tap.listen(0, '127.0.0.1');
    await once(tap, 'listening');
    cleanup.defer(() => tap.close());
    const address = tap.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const settings = [
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'IdentityAgent=none',
    ];
    const options = settings.flatMap((setting) => ['-o', setting]);
    await run(openSsh.ssh, ['-F', 'none', '-p', String(address.port), ...options, 'nobody@127.0.0.1', 'true']);
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
  return { client: Buffer.concat(sent.client), server: Buffer.concat(sent.server) };
}
