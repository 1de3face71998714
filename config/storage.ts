/** Where recordings are stored: the keys of `recorder.storage`, and what becomes of them. */
import { z } from 'zod';
import { LIMITS, Secret } from '../foundation/index.ts';

const endpoint = z
  .string()
  .refine(
    (value) => {
      if (!URL.canParse(value)) return false;
      const { protocol, pathname, search, hash, username, password } = new URL(value);
      return /^https?:$/.test(protocol) && pathname === '/' && `${search}${hash}${username}${password}` === '';
    },
    { message: 'must be an origin that begins with http:// or https://' },
  )
  .optional();

export const storage = z
  .strictObject({
    kind: z
      .enum(['file', 's3'])
      .describe('`file`, the default: in the data directory. `s3`: in a bucket of an S3 object storage.'),
    immutable: z
      .boolean()
      .optional()
      .describe(
        'With `file`: whether stored files are made immutable (`chattr +i`) where the system permits it; only root removes them then, and has to unmark them first. Default `true` in production, `false` in demo mode.',
      ),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .optional()
      .describe('With `s3`: the bucket. It has to keep versions and, for `retention_days`, to have Object Lock.'),
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9_-][A-Za-z0-9._-]*\/){1,16}$/, 'must be folders, each ending in a slash')
      .max(512)
      .optional()
      .describe('With `s3`: folders before every key. None by default.'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a region')
      .optional()
      .describe('With `s3`: its region. Default `us-east-1`.'),
    endpoint: endpoint.describe("With `s3`: the storage's origin, addressed by path. Default: Amazon's of the region."),
    retention_days: z
      .number()
      .int()
      .min(0)
      .max(LIMITS.storageRetentionDaysMax)
      .optional()
      .describe(
        'With `s3`: days for which nobody can remove or change an object, the owner of the storage included (Object Lock in compliance mode; it cannot be shortened later). `0`: versions alone, and removal is only detected.',
      ),
  })
  .refine(({ kind, bucket }) => kind === 'file' || bucket !== undefined, {
    path: ['bucket'],
    message: 'is needed with kind s3',
  })
  .refine(({ kind, retention_days }) => kind === 'file' || retention_days !== undefined, {
    path: ['retention_days'],
    message: 'is needed with kind s3: for how long nobody can remove a recording is yours to say',
  })
  .refine(({ kind, immutable }) => kind === 'file' || immutable === undefined, {
    path: ['immutable'],
    message: 'is for kind file only',
  })
  .refine(
    ({ kind, bucket, prefix, region, endpoint: origin, retention_days }) =>
      kind === 's3' || [bucket, prefix, region, origin, retention_days].every((value) => value === undefined),
    { path: ['kind'], message: 'bucket, prefix, region, endpoint and retention_days are for kind s3 only' },
  )
  .describe('Where sealed recordings are kept.');

const secret = z.string().min(1).max(4_096).optional();

export const storageCredentials = z
  .strictObject({
    access_key_id: secret.describe('Environment only: `AWS_ACCESS_KEY_ID`.'),
    secret_access_key: secret.describe('Environment only: `AWS_SECRET_ACCESS_KEY`.'),
    session_token: secret.describe('Environment only: `AWS_SESSION_TOKEN`. None by default.'),
  })
  .refine(
    ({ access_key_id, secret_access_key }) => (access_key_id === undefined) === (secret_access_key === undefined),
    {
      message: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together',
    },
  )
  .describe(
    'Who the gateway is to the object storage. Never in the file. Without both variables: the role of the machine or container it runs on.',
  );

export type StorageConfig =
  | { readonly kind: 'file'; readonly immutable: boolean }
  | {
      readonly kind: 's3';
      /** Null: Amazon's of the region. */
      readonly endpoint: string | null;
      readonly region: string;
      readonly bucket: string;
      /** Empty, or ending in a slash. */
      readonly prefix: string;
      /** 0: no lock. */
      readonly retentionDays: number;
    };

export interface StorageCredentials {
  readonly accessKeyId: Secret<string>;
  readonly secretAccessKey: Secret<string>;
  readonly sessionToken: Secret<string> | null;
}

const REGION = 'us-east-1';

export function completeStorage(
  mode: 'demo' | 'production',
  file: z.infer<typeof storage> = { kind: 'file' },
): StorageConfig {
  if (file.kind === 'file') return { kind: 'file', immutable: file.immutable ?? mode === 'production' };
  return {
    kind: 's3',
    endpoint: file.endpoint === undefined ? null : new URL(file.endpoint).origin,
    region: file.region ?? REGION,
    bucket: file.bucket ?? '',
    prefix: file.prefix ?? '',
    retentionDays: file.retention_days ?? 0,
  };
}

export function completeStorageCredentials(
  file: z.infer<typeof storageCredentials> | undefined,
): StorageCredentials | null {
  if (file?.access_key_id === undefined || file.secret_access_key === undefined) return null;
  return {
    accessKeyId: new Secret(file.access_key_id),
    secretAccessKey: new Secret(file.secret_access_key),
    sessionToken: file.session_token === undefined ? null : new Secret(file.session_token),
  };
}
