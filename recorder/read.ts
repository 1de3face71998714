import { GatewayError } from '../foundation/index.ts';
import { type FileSystem, nodeFiles, openIfThere } from './files.ts';
import { createRecordingParser, type Frame, type RecordingParser } from './frames.ts';

const PIECE_BYTES = 64 * 1024;

/**
 * The frames of a sealed recording, in order, each after its chain hash was checked. Whether they are the ones that were
 * logged is for `verifySession` to say.
 * @throws {GatewayError} `not_found`, `recording_corrupt`.
 */
export async function* readRecording(path: string): AsyncGenerator<Frame, void, undefined> {
  const parser = createRecordingParser();
  yield* parseFile(nodeFiles, path, parser);
  parser.finish();
}

/** Feeds a file to `parser`, piece by piece. */
export async function* parseFile(
  files: FileSystem,
  path: string,
  parser: RecordingParser,
): AsyncGenerator<Frame, void, undefined> {
  const file = await openIfThere(files, path);
  if (file === undefined) throw new GatewayError('not_found', 'There is no such recording.');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield* parser.push(piece.subarray(0, bytesRead)); // The parser copies.
    }
  } finally {
    await file.close();
  }
}
