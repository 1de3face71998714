/** A search over a gigabyte of transcripts: how soon the first results are there, and how large the index is. */
import { LIMITS, systemClock } from '../../foundation/index.ts';
import type { ReplayFrame } from '../../recorder/replay/model.ts';
import {
  buildSession,
  type DerivedPlace,
  OpenSegments,
  search,
  type SegmentFacts,
} from '../../recorder/search/operations.ts';
import { framesOf, header, out, type Said } from '../../tests/recorder/replay/frames.ts';
import { type Random, seeded } from '../measure/random.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { newPlace } from './place.ts';

const SESSION_BYTES = 10_000_000;
const FRAME_BYTES = 4_096;
const SURNAMES =
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水'.split(' ');
const GIVEN = '翔太 蓮 陽翔 大輝 健太 美咲 結衣 陽菜 葵 さくら 直樹 由美子 和子 誠 恵子'.split(' ');
const PLACES =
  '北海道札幌市 青森県弘前市 宮城県仙台市 東京都港区 神奈川県横浜市 静岡県浜松市 愛知県名古屋市 大阪府堺市 広島県呉市 福岡県久留米市'.split(
    ' ',
  );
const WORDS =
  '顧客 契約 解約 請求 照会 受付 応対 履歴 住所変更 口座振替 支払 督促 完了 未処理 担当 折返し 苦情 確認 更新 停止'.split(
    ' ',
  );
/** Three characters each: on nearly every page, on some, on one of a thousand, and once in a session. */
const ASKED = ['札幌市', '由美子', '請求書', '沖縄県'];

/** Lines as a maintainer of a call centre sees them: rows of customers, logs, and program output. */
function line(random: Random, at: number): string {
  const person = `${random.pick(SURNAMES)} ${random.pick(GIVEN)}`;
  if (at % 5 === 0)
    return `2026-11-${10 + random.below(20)} INFO batch[${random.below(99_999)}] processed id=${random.below(1e9)} ms=${random.below(900)}\r\n`;
  if (at % 400 === 1) return `請求書 ${random.below(1e9)} ${person}\r\n`;
  if (at % 50_000 === 2) return `沖縄県那覇市 ${random.below(1e9)} ${person}\r\n`;
  return `${random.below(1e8)} | ${person} | ${random.pick(PLACES)}${random.below(30)}-${random.below(20)} | 0${random.below(1e9)} | ${random.pick(WORDS)}${random.pick(WORDS)} ${random.pick(WORDS)}\r\n`;
}

function* output(random: Random, bytes: number): Generator<Said, void, undefined> {
  let [made, at, text] = [0, 0, ''];
  for (let n = 0; made < bytes; n += 1) {
    text += line(random, n);
    if (text.length < FRAME_BYTES / 2) continue;
    made += Buffer.byteLength(text);
    at += 40;
    yield out(at, text);
    text = '';
  }
}

function session(number: number, bytes: number): { id: string; frames: AsyncIterable<ReplayFrame> } {
  const id = `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  const said = function* (): Generator<Said, void, undefined> {
    yield header({ sessionId: id });
    yield* output(seeded(number), bytes);
  };
  return { id, frames: framesOf(said()) };
}

export async function searching(options: BenchOptions): Promise<Part> {
  await using place = await newPlace();
  const where: DerivedPlace = { directory: place.path, key: Buffer.alloc(32, 7) };
  const facts: SegmentFacts[] = [];
  const sessions = options.quick ? 1 : 100;
  const began = performance.now();
  for (let number = 0; number < sessions; number += 1) {
    const { id, frames } = session(number, options.quick ? 500_000 : SESSION_BYTES);
    facts.push(...(await buildSession(where, id, frames)));
    if (number % 10 === 9) options.say(`search: ${number + 1} sessions indexed`);
  }
  const seconds = (performance.now() - began) / 1_000;
  const text = facts.reduce((sum, { textBytes }) => sum + textBytes, 0);
  const bytes = facts.reduce((sum, fact) => sum + fact.bytes, 0);
  const names = facts.map(({ name }) => name);
  const took = await askAll(where, names, options.quick ? 2 : 10);
  const worst = round(Math.max(...took.first, ...took.later.map((one) => percentile(one, 99))), 1);
  options.say(`search: first ${took.first.map((one) => round(one, 0)).join(', ')} ms`);
  return {
    figures: {
      search_text_bytes: text,
      search_index: {
        segments: facts.length,
        bytes,
        ratio: round(bytes / text, 3),
        mb_per_s: round(text / 1e6 / seconds, 2),
      },
      search_first_ms: Object.fromEntries(ASKED.map((word, at) => [word, round(took.first[at] ?? 0, 1)])),
      search_later_ms: Object.fromEntries(ASKED.map((word, at) => [word, summary(took.later[at] ?? [0])])),
    },
    bars: [
      bar('search/first_results', { value: worst, op: '<', limit: 300, unit: 'ms' }),
      bar('search/index', { value: round(bytes / text, 3), op: '<=', limit: 3, unit: 'x' }),
    ],
  };
}

/** `first`: of a word that nobody asked for since the index was opened. */
async function askAll(place: DerivedPlace, names: readonly string[], times: number) {
  const took: { first: number[]; later: number[][] } = { first: [], later: [] };
  await using open = new OpenSegments(place);
  await open.use(names);
  for (const text of ASKED) {
    const each: number[] = [];
    for (let n = 0; n <= times; n += 1) {
      const request = {
        ...{ text, fields: ['shown' as const], sessions: null, after: null, before: null, from: null },
        ...{ hits: LIMITS.searchHitsMax, hitsPerSession: 5 },
      };
      const began = performance.now();
      const { hits } = await search(open, names, request, systemClock);
      each.push(performance.now() - began);
      if (hits.length === 0 && text !== '沖縄県') throw new Error(`${text} was not found`);
    }
    took.first.push(each[0] ?? 0);
    took.later.push(each.slice(1));
  }
  return took;
}
