import type { Place } from './lines.ts';
import type { OpaqueCount } from './opaque-count.ts';

/** A stream inside the one that is read. */
export interface InnerReader {
  newChunk(): void;
  take(bytes: Buffer, place: Place): void;
  finish(): void;
}

/** Makes a reader of what was decoded; undefined where enough encodings are inside one another. */
export type Inner = (opaque: OpaqueCount) => InnerReader | undefined;
