/** The policy that `sekisho judge` and `sekisho rejudge` read from a file: docs/formats/policy-v1.md. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import { type ProtectedAsset, TARGET_MODES, type TargetPolicy } from '../../policy/index.ts';

const name = z.string().min(1).max(4_096);
const path = name.regex(/^\//, 'a protected path is absolute: it begins with /');
const table = name.regex(/^[^/\s]+$/, 'a protected table is schema.table, without spaces');

const common = {
  dataClass: z.string().min(1).max(200).default('unclassified'),
  recordCount: z.int().nonnegative().nullable().default(null),
  copyOf: name.optional(),
};
const Asset = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), name: path, ...common }),
  z.strictObject({ kind: z.literal('table'), name: table, ...common }),
]);

const PolicyFile = z.strictObject({
  version: z.literal(1).default(1),
  mode: z.enum(TARGET_MODES).default('guarded-line'),
  /** A text alone is a path when it begins with `/`, else a table. */
  assets: z.array(z.union([Asset, path, table])).default([]),
  paths: z.array(path).default([]),
  tables: z.array(table).default([]),
  programs: z.array(z.string().min(1).max(255)).default([]),
  cwd: path.optional(),
  variables: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(4_096)).optional(),
});

/** @throws {GatewayError} `policy_invalid`, naming every fault. */
export function parsePolicy(text: string): TargetPolicy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('policy_invalid', `The policy is not JSON: ${asError(cause).message}`);
  }
  const parsed = PolicyFile.safeParse(value);
  if (!parsed.success) throw new GatewayError('policy_invalid', faults(parsed.error));
  const { mode, assets, paths, tables, programs, cwd, variables } = parsed.data;
  const all = [...assets, ...paths, ...tables].map(assetOf);
  return {
    mode,
    assets: all,
    programs: new Set(programs),
    ...(cwd === undefined ? {} : { cwd }),
    ...(variables === undefined ? {} : { variables: new Map(Object.entries(variables)) }),
  };
}

/** @throws {GatewayError} `policy_invalid` also when the file cannot be read or is too large. */
export async function readPolicy(file: string): Promise<TargetPolicy> {
  return parsePolicy(await readBounded(file));
}

function assetOf(entry: string | z.infer<typeof Asset>): ProtectedAsset {
  if (typeof entry === 'string') {
    return {
      kind: entry.startsWith('/') ? 'path' : 'table',
      name: entry,
      dataClass: 'unclassified',
      recordCount: null,
    };
  }
  const { copyOf, ...asset } = entry;
  return copyOf === undefined ? asset : { ...asset, copyOf };
}

function faults(error: z.ZodError): string {
  const lines = error.issues.map(({ path: at, message }) => `${at.length === 0 ? 'policy' : at.join('.')}: ${message}`);
  return `The policy cannot be used: ${lines.join('; ')}`;
}

async function readBounded(file: string): Promise<string> {
  const max = LIMITS.policyFileBytesMax;
  try {
    await using handle = await open(file, 'r');
    const bytes = Buffer.alloc(max + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length > max) break;
    }
    if (length > max) throw new GatewayError('policy_invalid', `The policy is larger than ${max} bytes.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('policy_invalid', `The policy ${file} cannot be read: ${asError(cause).message}`);
  }
}
