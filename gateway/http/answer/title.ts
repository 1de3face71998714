/** The title of a page, for the trail of a recording. */

const TITLE = /<title[^>]*>([^<]{0,2000})/i;
const CHARSET = /charset\s*=\s*["']?([\w-]{1,40})/i;

export function titleOf(head: Buffer, contentType: string): string {
  const latin = head.toString('latin1', 0, 65_536);
  const found = TITLE.exec(latin)?.[1];
  if (found === undefined) return '';
  const label = CHARSET.exec(contentType)?.[1] ?? CHARSET.exec(latin.slice(0, 2_048))?.[1] ?? 'utf-8';
  const text = decoderOf(label).decode(Buffer.from(found, 'latin1'));
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
