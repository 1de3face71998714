/**
 * Where the paths of an exec transfer really lead, asked of the target's own sftp server before anything runs: a link
 * in a plain name would otherwise bring what the name does not say.
 */
import type { ChannelWork } from '../model.ts';
import { wirePath } from './paths.ts';
import { openOwnSftp } from './sftp/own-channel.ts';
import { FX_NO_SUCH_FILE } from './sftp/packets.ts';
import { Questions } from './sftp/questions.ts';

export type Led =
  /** The protected paths that are read, and what was asked for as the target resolves it. */
  | { readonly touched: readonly string[]; readonly resolved: readonly string[] }
  /** The first path that the target does not resolve. */
  | { readonly unclear: string };

/** @throws {GatewayError} `protocol_violation`; {TargetLost}. */
export async function followLinks(
  work: ChannelWork,
  { paths, recursive }: { readonly paths: readonly string[]; readonly recursive: boolean },
  assets: readonly string[],
): Promise<Led> {
  const own = await openOwnSftp(work);
  if (own === undefined) return { unclear: paths[0] ?? '' }; // Nobody can say where a path leads.
  try {
    return await follow(new Questions({ ...own, assets }), paths, recursive);
  } finally {
    own.close();
  }
}

async function follow(questions: Questions, paths: readonly string[], recursive: boolean): Promise<Led> {
  const resolved: string[] = [];
  const touched = new Set<string>();
  for (const path of paths) {
    const place = await questions.resolve(wirePath(path === '' ? '.' : path));
    if ('path' in place) {
      resolved.push(place.path);
      for (const asset of await questions.touched(place.path, recursive)) touched.add(asset);
    } else if (place.status !== FX_NO_SUCH_FILE) return { unclear: path };
  }
  return { touched: [...touched], resolved };
}
