/** Programs that turn one text into another, or fetch one: what they hand to a shell stands nowhere in the line. */
import type { Word } from '../model.ts';
import { words } from './rule.ts';

const DECODERS = new Set(
  words(`base64 base32 base16 base58 basenc basez uudecode xxd od hexdump hd openssl gpg gpg2 age rage rev tac tr rot13
    gunzip zcat gzip bunzip2 bzcat bzip2 unxz xzcat xz zstd zstdcat unzstd lz4 lz4cat lzop 7z 7za unzip funzip printf
    curl wget wget2 aria2c fetch lynx links w3m lwp-request GET http https xh nc ncat netcat socat telnet ftp lftp tftp
    scp sftp ssh dig host nslookup drill redis-cli psql mysql perl python python2 python3 ruby node php lua awk gawk
    mawk nawk jq iconv recode uconv strings dd tail`),
);

/** Whether a program of this name hands on a text that is not the one it was given. */
export function isDecoder(name: string): boolean {
  return DECODERS.has(name);
}

/** Whether a word is made by such a program while the line runs: `$(… | base64 -d)`, `<(curl …)`. */
export function decodes(word: Word): boolean {
  return word.pieces.some((piece) => piece.kind === 'unknown' && namesDecoder(piece.source));
}

function namesDecoder(source: string): boolean {
  if (!/[(`]/.test(source)) return false;
  const bare = source.replace(/["'\\]/g, '');
  return bare.split(/[^\w.-]+/).some(isDecoder) || /\$['{(]|\\x/.test(source);
}
