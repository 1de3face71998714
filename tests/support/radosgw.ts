/** A real object storage of one test's own: Ceph's S3 gateway, everything in memory, on loopback. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from './free-port.ts';
import { ROOT } from './paths.ts';
import { tempDirectory } from './temp-directory.ts';

export interface ObjectStorageServer extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: string;
  /** Somebody with every right on the storage: an insider. */
  readonly owner: S3Client;
  makeBucket(name: string, kind: 'locked' | 'versions' | 'plain'): Promise<void>;
}

export const ACCESS = { accessKeyId: 'sekisho', secretAccessKey: 'sekisho-secret' };

/** Call it inside `describeWith('radosgw', …)`. Resolves when the storage answers. */
export async function startRadosgw(): Promise<ObjectStorageServer> {
  const directory = await tempDirectory();
  const port = await freePort();
  const arguments_ = [directory.path, String(await freePort()), String(port)];
  const child = spawn(join(ROOT, 'scripts/radosgw.sh'), arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let isReady = false;
  for await (const line of createInterface({ input: child.stdout })) {
    isReady = line === 'ready';
    break;
  }
  if (!isReady) throw new Error('radosgw did not start');
  const endpoint = `http://127.0.0.1:${port}`;
  const owner = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: ACCESS });
  return {
    port,
    endpoint,
    owner,
    makeBucket: async (Bucket, kind) => {
      await owner.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: kind === 'locked' }));
      if (kind !== 'versions') return;
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await owner.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    },
    [Symbol.asyncDispose]: async () => {
      owner.destroy();
      child.stdin.end();
      await ended;
      await directory[Symbol.asyncDispose]();
    },
  };
}
