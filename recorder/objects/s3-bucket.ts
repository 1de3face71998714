/** The few calls made of an S3 bucket, each bounded in time, tries and bytes, each failure told by one code. */
import { createHash } from 'node:crypto';
import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { asError, GatewayError, LIMITS, type Secret } from '../../foundation/index.ts';

export interface S3Settings {
  /** Null: Amazon's own of the region. Another one is addressed by path, not by host name. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** Before every key; empty or ending in a slash. */
  readonly prefix: string;
  /** Days for which nobody can remove an object; 0: no lock, only versions. */
  readonly retentionDays: number;
}

export interface S3Credentials {
  readonly accessKeyId: Secret<string>;
  readonly secretAccessKey: Secret<string>;
  readonly sessionToken: Secret<string> | null;
}

/** One version of one key, in the order the storage lists them: the latest of a key first. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: number;
}

/** What the storage says of an object: its size and until when nobody can remove it. */
export interface ObjectHead {
  readonly bytes: number;
  readonly lockedUntil: Date | undefined;
}

export interface Bucket extends Disposable {
  /** Whether versions are kept, and whether single objects can be locked. */
  protection(): Promise<{ versions: boolean; locks: boolean }>;
  /**
   * Writes a new object, or a new version where the storage does not know `If-None-Match`.
   * @returns false when the key is taken and nothing was written.
   */
  put(key: string, bytes: Buffer, how: { lockUntil: Date | undefined; mayReplace: boolean }): Promise<boolean>;
  /** Undefined: no such object, or its latest version is a deletion. */
  head(key: string): Promise<ObjectHead | undefined>;
  get(key: string, versionId?: string): Promise<Buffer | undefined>;
  /** Deletions are left out. */
  versions(prefix: string): AsyncIterable<ObjectVersion>;
}

export function openBucket(
  settings: S3Settings,
  options: { readonly credentials: S3Credentials | null; readonly requestMillis?: number },
): Bucket {
  const client = createClient(settings, options);
  const Bucket = settings.bucket;
  return {
    protection: () => asked(() => protectionOf(client, Bucket)),
    put: (key, bytes, how) =>
      asked(async () => {
        const written = await absentWhen(412, client.send(new PutObjectCommand(putInput(Bucket, key, bytes, how))));
        return written !== undefined;
      }),
    head: (Key) =>
      asked(async () => {
        const head = await absentWhen(404, client.send(new HeadObjectCommand({ Bucket, Key })));
        if (head === undefined) return undefined;
        const isLocked = head.ObjectLockMode === 'COMPLIANCE';
        return { bytes: head.ContentLength ?? 0, lockedUntil: isLocked ? head.ObjectLockRetainUntilDate : undefined };
      }),
    get: (Key, VersionId) =>
      asked(async () => {
        const input = { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) };
        const found = await absentWhen(404, client.send(new GetObjectCommand(input)));
        if (found?.Body === undefined) return undefined;
        // Whoever can write to the bucket could have us read without end.
        if ((found.ContentLength ?? Infinity) > LIMITS.objectBytesMax) throw new Error('the object is too large');
        return Buffer.from(await found.Body.transformToByteArray());
      }),
    versions: (prefix) => versionsOf(client, Bucket, prefix),
    [Symbol.dispose]: () => client.destroy(),
  };
}

function createClient(
  { endpoint, region }: S3Settings,
  { credentials, requestMillis = LIMITS.storageRequestMillis }: Parameters<typeof openBucket>[1],
): S3Client {
  return new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials: () => Promise.resolve(exposed(credentials)) }),
    maxAttempts: LIMITS.storageAttemptsMax,
    // The checksums are ours, below: the SDK's own come as a trailer, which not every storage reads.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: LIMITS.storageConnectMillis,
      requestTimeout: requestMillis,
      throwOnRequestTimeout: true,
      socketTimeout: requestMillis,
      httpAgent: { keepAlive: true, maxSockets: LIMITS.storageConnectionsMax },
      httpsAgent: { keepAlive: true, maxSockets: LIMITS.storageConnectionsMax },
    },
  });
}

function exposed({ accessKeyId, secretAccessKey, sessionToken }: S3Credentials) {
  return {
    accessKeyId: accessKeyId.expose(),
    secretAccessKey: secretAccessKey.expose(),
    ...(sessionToken === null ? {} : { sessionToken: sessionToken.expose() }),
  };
}

/** The storage checks what arrived: by SHA-256 where it can, by MD5 where it is older; a lock needs one of them. */
function putInput(
  Bucket: string,
  Key: string,
  Body: Buffer,
  { lockUntil, mayReplace }: { lockUntil: Date | undefined; mayReplace: boolean },
) {
  return {
    Bucket,
    Key,
    Body,
    ContentLength: Body.length,
    ContentType: 'application/octet-stream',
    ContentMD5: createHash('md5').update(Body).digest('base64'),
    ChecksumSHA256: createHash('sha256').update(Body).digest('base64'),
    ...(mayReplace ? {} : { IfNoneMatch: '*' }),
    ...(lockUntil === undefined ? {} : { ObjectLockMode: 'COMPLIANCE' as const, ObjectLockRetainUntilDate: lockUntil }),
  };
}

async function protectionOf(client: S3Client, Bucket: string): Promise<{ versions: boolean; locks: boolean }> {
  const versioning = await client.send(new GetBucketVersioningCommand({ Bucket }));
  const lock = await absentWhen(404, client.send(new GetObjectLockConfigurationCommand({ Bucket })));
  return {
    versions: versioning.Status === 'Enabled',
    locks: lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled',
  };
}

async function* versionsOf(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<ObjectVersion> {
  let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let isTruncated = true; isTruncated; ) {
    const page = await asked(() => client.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...from })));
    for (const { Key, VersionId, Size } of page.Versions ?? []) {
      if (Key !== undefined && VersionId !== undefined) yield { key: Key, versionId: VersionId, bytes: Size ?? 0 };
    }
    isTruncated = page.IsTruncated === true && page.NextKeyMarker !== undefined;
    from = {
      ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
}

/** @throws {GatewayError} `storage_unavailable` with what the storage or the network said. */
async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (thrown) {
    throw new GatewayError('storage_unavailable', undefined, { cause: asError(thrown) });
  }
}

async function absentWhen<Answer>(status: number, answering: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answering;
  } catch (thrown) {
    if (statusOf(thrown) === status) return undefined;
    throw thrown;
  }
}

function statusOf(thrown: unknown): unknown {
  if (typeof thrown !== 'object' || thrown === null || !('$metadata' in thrown)) return undefined;
  const { $metadata } = thrown;
  return typeof $metadata === 'object' && $metadata !== null && 'httpStatusCode' in $metadata
    ? $metadata.httpStatusCode
    : undefined;
}
