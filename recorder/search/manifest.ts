/** Which segments the index has and what is in them: one encrypted file, replaced as a whole. */
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrno } from '../../foundation/index.ts';
import { ContainerReader, createContainer, packJson, unpackJson } from '../replay/container.ts';
import { type DerivedPlace, SegmentFactsSchema } from './operations.ts';

const ManifestSchema = z.strictObject({
  v: z.literal(1),
  segments: z.array(SegmentFactsSchema),
  /** Recordings that could not be read, and why. */
  unreadable: z.array(z.strictObject({ session: z.string(), code: z.string() })),
  /** Sessions whose keys were destroyed: they are never indexed again. */
  forgotten: z.array(z.string()),
});
export type Manifest = z.infer<typeof ManifestSchema>;

const NAME = 'manifest.skd';
const PURPOSE = 'search-manifest';

export const EMPTY_MANIFEST: Manifest = { v: 1, segments: [], unreadable: [], forgotten: [] };

/** Undefined when there is none. @throws {GatewayError} `derived_unreadable`. */
export async function readManifest({ directory, key }: DerivedPlace): Promise<Manifest | undefined> {
  try {
    await using reader = await ContainerReader.open(join(directory, 'search', NAME), key, PURPOSE);
    return ManifestSchema.parse(unpackJson(await reader.read(0)));
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

export async function writeManifest({ directory, key }: DerivedPlace, manifest: Manifest): Promise<void> {
  const container = await createContainer(join(directory, 'search', NAME), key, PURPOSE);
  try {
    await container.add(packJson(manifest));
    await container.finish();
  } catch (thrown) {
    await container.abort().catch(() => undefined);
    throw thrown;
  }
}
