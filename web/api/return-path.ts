import { GatewayError } from '../../foundation/index.ts';

/**
 * Where to go after the sign-in: a path of this site. `//evil.example`, `/\evil.example` and absolute URLs are refused,
 * or our sign-in would send people on to a page that asks for it again (open redirect).
 * @throws {GatewayError} `request_invalid`.
 */
export function localPath(asked: string, publicUrl: URL): string {
  const refused = new GatewayError('request_invalid', 'return: must be a path of this site.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and newlines, which would join slashes.
  if (!/^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(asked)) throw refused;
  if (!URL.canParse(asked, publicUrl.href)) throw refused;
  const url = new URL(asked, publicUrl);
  if (url.origin !== publicUrl.origin) throw refused;
  const path = url.pathname + url.search + url.hash;
  // Normalising `/.//evil.example` gives `//evil.example`.
  if (path.startsWith('//')) throw refused;
  return path;
}
