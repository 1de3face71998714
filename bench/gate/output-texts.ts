/**
 * What passes a gateway in a day, by kind: made of what programs write, with the tokens, paths, addresses and identifiers
 * that are in such output. `SHARES` says how much of each is in the mix; the code is this program's own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Random, seeded } from '../measure/random.ts';

const SEED = 20_261_123;
const PART_BYTES = 1_600_000;
const ROOT = new URL('../../', import.meta.url);

/** Per cent of the bytes. Every line of `customers` names somebody, which a gateway lets pass by the budget alone. */
export const SHARES = {
  log: 24,
  listing: 14,
  code: 16,
  build: 10,
  table: 8,
  customers: 4,
  japanese: 8,
  coloured: 10,
  screen: 6,
} as const;
export type TextKind = keyof typeof SHARES | 'binary';

interface Made {
  readonly random: Random;
  readonly at: number;
  readonly hex: (digits: number) => string;
  readonly number: (below: number) => number;
  readonly pick: (words: string) => string;
}
type Line = (made: Made) => string;

const WORDS = 'request worker session cache reload queue index shard upstream handler config order stock retry batch';
const PATHS = 'lib share/doc local/etc src/modules var-cache node_modules/@types python3.11/site-packages';
const two = (value: number): string => String(value).padStart(2, '0');
const clock = ({ at }: Made): string => `${two(4 + (at % 20))}:${two(at % 60)}:${two((at * 7) % 60)}`;
const address = ({ number }: Made): string => `10.${number(4)}.${number(256)}.${number(256)}`;
const path = (made: Made): string =>
  `/usr/${made.pick(PATHS)}/${made.pick(WORDS)}-${made.hex(2)}/${made.pick(WORDS)}.so`;

const LOG: readonly Line[] = [
  (m) =>
    `2026-11-23T${clock(m)}.${m.hex(3)}Z INFO [exec-${m.number(40)}] c.e.${m.pick(WORDS)}.Service : ${m.pick(WORDS)} ${m.number(1e6)} done in ${m.number(900)} ms\n`,
  (m) =>
    `Nov 23 ${clock(m)} app-${m.number(9)} sshd[${m.number(4e5)}]: Accepted publickey for deploy from ${address(m)} port ${40_000 + m.number(9_999)} ssh2: ED25519 SHA256:${Buffer.from(m.hex(64), 'hex').toString('base64').slice(0, 43)}\n`,
  (m) =>
    `${address(m)} - - [23/Nov/2026:${clock(m)} +0900] "GET /api/${m.pick(WORDS)}/${m.number(1e5)}?q=a%20b&page=${m.number(50)} HTTP/1.1" 200 ${m.number(1e5)} "-" "Mozilla/5.0 (X11; Linux x86_64)"\n`,
  (m) =>
    `{"ts":${1_763_870_000_000 + m.at},"level":"info","trace":"${m.hex(8)}-${m.hex(4)}-4${m.hex(3)}-a${m.hex(3)}-${m.hex(12)}","msg":"${m.pick(WORDS)} ${m.pick(WORDS)}","ms":${m.number(300)}}\n`,
  (m) =>
    `Nov 23 ${clock(m)} app-${m.number(9)} systemd[1]: Started ${m.pick(WORDS)}-${m.pick(WORDS)}.service - ${m.pick(WORDS)} of user@${m.number(2_000)}.service.\n`,
  (m) =>
    `Nov 23 ${clock(m)} app-${m.number(9)} kernel: [${m.number(1e6)}.${m.number(1e6)}] audit: type=1400 pid=${m.number(4e5)} comm="${m.pick(WORDS)}" name="${path(m)}"\n`,
];
const LISTING: readonly Line[] = [
  (m) =>
    `-rw-r--r--  1 root     root     ${String(m.number(1e7)).padStart(9)} Nov ${two(1 + m.number(28))} ${clock(m).slice(0, 5)} ${m.pick(WORDS)}-${m.hex(4)}.conf\n`,
  (m) => `${path(m)}\n`,
  (m) =>
    `www-data ${String(m.number(99_999)).padStart(7)}  0.${m.number(9)}  1.${m.number(9)} ${m.number(999_999)} ${m.number(99_999)} ?        Ssl  Nov22   0:${two(m.at % 60)} /usr/sbin/${m.pick(WORDS)} --config=${path(m)}\n`,
  (m) => `${m.hex(64)}  ./${m.pick(WORDS)}/${m.pick(WORDS)}-${m.number(99)}.tar.gz\n`,
  (m) =>
    `tcp   ESTAB  0  0   ${address(m)}:443    ${address(m)}:${30_000 + m.number(9_999)}  users:(("${m.pick(WORDS)}",pid=${m.number(99_999)},fd=${m.number(99)}))\n`,
  (m) =>
    `${m.hex(7)} fix(${m.pick(WORDS)}): ${m.pick(WORDS)} of a ${m.pick(WORDS)} waits for its ${m.pick(WORDS)} (#${m.number(9_999)})\n`,
];
const BUILD: readonly Line[] = [
  (m) =>
    `[${m.number(99)}/100] Building CXX object src/${m.pick(WORDS)}/CMakeFiles/${m.pick(WORDS)}.dir/${m.pick(WORDS)}_${m.pick(WORDS)}.cpp.o\n`,
  (m) =>
    `npm http fetch GET 200 https://registry.example/${m.pick(WORDS)}/-/${m.pick(WORDS)}-${m.number(9)}.${m.number(20)}.0.tgz ${m.number(900)}ms (cache hit)\n`,
  (m) =>
    `src/${m.pick(WORDS)}/${m.pick(WORDS)}.c:${m.number(900)}:${m.number(80)}: warning: unused variable '${m.pick(WORDS)}_count' [-Wunused-variable]\n`,
  (m) =>
    `#${m.number(20)} sha256:${m.hex(64)} ${m.number(90)}.${m.number(9)}MB / 120.4MB ${m.number(60)}.${m.number(9)}s\n`,
  (m) =>
    `  PASS  tests/${m.pick(WORDS)}/${m.pick(WORDS)}.test.ts (${m.number(9)}.${m.number(999)} s) > ${m.pick(WORDS)} refuses a ${m.pick(WORDS)} that is late\n`,
  (m) =>
    `gcc -O2 -g -Wall -fstack-protector-strong -I./include -DVERSION=\\"1.${m.number(20)}\\" -c -o ${m.pick(WORDS)}.o ${m.pick(WORDS)}.c\n`,
];
const TABLE: readonly Line[] = [
  (m) =>
    ` ${String(m.number(1e6)).padStart(8)} | ${m.pick(WORDS).padEnd(10)} | ${m.number(2) === 0 ? 'open  ' : 'closed'} | ${String(m.number(1e5)).padStart(9)}.${two(m.number(99))} | 2026-11-${two(1 + m.number(28))} ${clock(m)}+09 | sku-${m.hex(6)}\n`,
  (m) =>
    `| ${String(m.number(1e6)).padStart(7)} | ${m.number(1e6)} | ${m.hex(8)} | NULL | ${m.number(999)}.${m.number(999)} | 2026-11-23 ${clock(m)} |\n`,
  (m) =>
    `${m.number(1e6)},${m.pick(WORDS)},${m.number(999)},${m.number(99)}.${m.number(99)},2026-11-${two(1 + m.number(28))},${m.pick(WORDS)}\n`,
];
const NAMES = '佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤';
const GIVEN = '太郎 花子 一郎 美咲 健 翔太 陽菜 直樹 さくら 誠';
const mobile = ({ number, pick }: Made): string =>
  `0${pick('7 8 9')}0-${1_000 + number(9_000)}-${1_000 + number(9_000)}`;
const CUSTOMERS: readonly Line[] = [
  (m) =>
    ` ${String(m.number(1e6)).padStart(8)} | ${m.pick(NAMES)} ${m.pick(GIVEN)} | ${mobile(m)} | ${m.pick(WORDS)}${m.number(9_999)}@mail.example.jp | 2026-11-23\n`,
  (m) =>
    `C${m.number(9e5) + 1e5},${m.pick(NAMES)}${m.pick(GIVEN)},${mobile(m)},東京都渋谷区神南${m.number(9)}-${m.number(30)}-${m.number(30)}\n`,
  (m) =>
    `{"id":${m.number(1e6)},"mail":"${m.pick(WORDS)}.${m.number(9_999)}@example.co.jp","phone":"${mobile(m).replaceAll('-', '')}"}\n`,
];
const THINGS = '受付 在庫 請求 配送 注文 集計 夜間処理 連携 更新 再送';
const JAPANESE: readonly Line[] = [
  (m) =>
    `2026-11-23 ${clock(m)} [情報] ${m.pick(THINGS)}の処理を開始しました（対象 ${m.number(9_999)} 件、区分 ${m.pick(THINGS)}）\n`,
  (m) =>
    `${m.pick(THINGS)}に失敗しました。設定を確認し、しばらく待ってから再試行してください。コード: E${m.number(999)}\n`,
  (m) =>
    `  ${m.pick(THINGS)}システム ログ: ${m.pick(THINGS)}テーブルの${m.number(99)}行目を読み込み中 (${m.number(99)}%)\n`,
  (m) =>
    `## ${m.pick(THINGS)}の手順\n\n${m.number(9)}. 管理画面で「${m.pick(THINGS)}」を選び、${m.pick(THINGS)}を実行します。\n`,
];
const COLOURED: readonly Line[] = [
  (m) => `\u001b[32m+  const ${m.pick(WORDS)} = ${m.pick(WORDS)}.${m.pick(WORDS)}(${m.number(99)});\u001b[m\r\n`,
  (m) => `\u001b[31m-  return ${m.pick(WORDS)}.map((one) => one.${m.pick(WORDS)} + ${m.number(99)});\u001b[m\r\n`,
  (m) => `   if (${m.pick(WORDS)} === undefined) return ${m.pick(WORDS)}.${m.pick(WORDS)};\r\n`,
  (m) =>
    `\u001b[0m\u001b[01;34m${m.pick(WORDS)}-${m.hex(2)}\u001b[0m  \u001b[01;32m${m.pick(WORDS)}.sh\u001b[0m  \u001b[01;31m${m.pick(WORDS)}.tar.gz\u001b[0m  ${m.pick(WORDS)}.txt\r\n`,
  (m) =>
    `\u001b[35m\u001b[Ksrc/${m.pick(WORDS)}.ts\u001b[m\u001b[K\u001b[36m\u001b[K:\u001b[m\u001b[K\u001b[32m\u001b[K${m.number(900)}\u001b[m\u001b[K:  ${m.pick(WORDS)} of \u001b[01;31m\u001b[K${m.pick(WORDS)}\u001b[m\u001b[K\r\n`,
  (m) =>
    `\u001b[2m${clock(m)}\u001b[0m \u001b[33mWARN\u001b[0m ${m.pick(WORDS)} ${m.pick(WORDS)} took ${m.number(999)} ms in ${path(m)}\r\n`,
];
const SCREEN: readonly Line[] = [
  (m) =>
    `\u001b[${(m.at % 40) + 1};1H\u001b(B\u001b[m${String(m.number(99_999)).padStart(7)} root      20   0 ${m.number(999_999)}  ${m.number(99_999)}   ${m.number(9_999)} S  ${m.number(99)}.${m.number(9)}   0.${m.number(9)}   0:${two(m.at % 60)}.${two(m.number(99))} ${m.pick(WORDS)}\u001b(B\u001b[m\u001b[39;49m\u001b[K`,
  (m) =>
    `\u001b[?25l\u001b[${(m.at % 40) + 1};1H\u001b[38;5;130m${String(m.number(999)).padStart(4)} \u001b[m    \u001b[34mfunction\u001b[m ${m.pick(WORDS)}(\u001b[36m${m.pick(WORDS)}\u001b[m) {\u001b[${(m.at % 40) + 1};${m.number(80)}H\u001b[?25h`,
  (m) => `\u001b[${(m.at % 40) + 1};${1 + m.number(80)}H\u001b[7m${m.pick(WORDS)}\u001b[27m ${m.number(100)}%\u001b[K`,
];

function textOf(lines: readonly Line[], bytes: number): Buffer {
  const random = seeded(SEED);
  const hex = (digits: number): string => Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
  const number = (below: number): number => random.below(below);
  const pick = (words: string): string => random.pick(words.split(' '));
  const parts: Buffer[] = [];
  for (let at = 0, length = 0; length < bytes; at += 1) {
    const part = Buffer.from(random.pick(lines)({ random, at, hex, number, pick }));
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts);
}

/** Sources as they are shown by `cat`, up to so many bytes. */
function sources(bytes: number): Buffer {
  const folders = ['policy/command/', 'gateway/ssh/', 'policy/statement/', 'bench/ssh/'];
  const files = folders.flatMap((folder) => {
    const names = readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.ts'));
    return names.sort().map((name) => readFileSync(new URL(folder + name, ROOT)));
  });
  const once = Buffer.concat(files);
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / once.length) }, () => once)).subarray(0, bytes);
}

/** Each kind, as long as its share of the mix; `binary` is not in the mix. */
export function outputTexts(): Readonly<Record<TextKind, Buffer>> {
  const made = (kind: keyof typeof SHARES, lines: readonly Line[]): Buffer =>
    textOf(lines, (PART_BYTES * SHARES[kind]) / 100);
  const random = seeded(SEED);
  return {
    log: made('log', LOG),
    listing: made('listing', LISTING),
    code: sources((PART_BYTES * SHARES.code) / 100),
    build: made('build', BUILD),
    table: made('table', TABLE),
    customers: made('customers', CUSTOMERS),
    japanese: made('japanese', JAPANESE),
    coloured: made('coloured', COLOURED),
    screen: made('screen', SCREEN),
    binary: Buffer.concat(Array.from({ length: 32 }, () => random.bytes(4_096))),
  };
}

/** A day: some kilobytes of one kind, then of another, as commands follow one another. */
export function mixedText(texts: Readonly<Record<TextKind, Buffer>>): Buffer {
  const turns = 40;
  const kinds = Object.keys(SHARES).filter((kind): kind is keyof typeof SHARES => Object.hasOwn(SHARES, kind));
  const parts = Array.from({ length: turns }, (_, turn) => kinds.map((kind) => turnOf(texts[kind], turn, turns)));
  return Buffer.concat(parts.flat());
}

/** Whole lines where the text has lines. */
function turnOf(text: Buffer, turn: number, turns: number): Buffer {
  return text.subarray(edgeOf(text, turn / turns), edgeOf(text, (turn + 1) / turns));
}

function edgeOf(text: Buffer, share: number): number {
  if (share === 0 || share === 1) return text.length * share;
  const at = Math.floor(text.length * share);
  const end = text.indexOf('\n', at);
  return end === -1 ? at : end + 1;
}
