/** Invented rows, the same at each start. Families are called "sample" and "fictitious", telephones begin with 000. */

export const CUSTOMER_COUNT = 1_200;
export const ORDER_COUNT = 3_000;

export const CUSTOMER_COLUMNS = ['id', 'name', 'kana', 'phone', 'email', 'address', 'registered_on'] as const;
export const ORDER_COLUMNS = ['id', 'customer_id', 'item', 'amount_yen', 'status', 'ordered_on'] as const;

/** A row's values, in the order of its table's columns; free of tabs, newlines, quotes and backslashes. */
export type Row = readonly (string | number)[];

const FAMILIES = [
  ['見本', 'ミホン'],
  ['架空', 'カクウ'],
  ['例示', 'レイジ'],
  ['仮名', 'カメイ'],
  ['模擬', 'モギ'],
  ['練習', 'レンシュウ'],
  ['標本', 'ヒョウホン'],
  ['試作', 'シサク'],
] as const;
const GIVEN = [
  ['太郎', 'タロウ'],
  ['花子', 'ハナコ'],
  ['一郎', 'イチロウ'],
  ['さくら', 'サクラ'],
  ['健太', 'ケンタ'],
  ['美咲', 'ミサキ'],
  ['大輔', 'ダイスケ'],
  ['陽子', 'ヨウコ'],
  ['翔', 'ショウ'],
  ['恵', 'メグミ'],
] as const;
const TOWNS = ['見本町', '架空台', '例示ヶ丘', '模擬本町', '仮名新田'] as const;
const STATUSES = ['受付', '発送済', '完了', '取消'] as const;
const DAYS = 1_000;
const FIRST_DAY = Date.UTC(2020, 0, 1);
const DAY_MS = 86_400_000;

export function* customerRows(): Generator<Row> {
  const next = numbers(20_220_601);
  for (let id = 1; id <= CUSTOMER_COUNT; id++) {
    const [family, familyKana] = pick(FAMILIES, next());
    const [given, givenKana] = pick(GIVEN, next());
    const digits = String(id).padStart(4, '0');
    const address = `架空県見本市${pick(TOWNS, next())}${(next() % 9) + 1}-${(next() % 30) + 1}`;
    const name = `${family} ${given}`;
    yield [
      id,
      name,
      `${familyKana} ${givenKana}`,
      `000-0000-${digits}`,
      `c${digits}@example.com`,
      address,
      day(next()),
    ];
  }
}

export function* orderRows(): Generator<Row> {
  const next = numbers(20_230_715);
  for (let id = 1; id <= ORDER_COUNT; id++) {
    const customer = (next() % CUSTOMER_COUNT) + 1;
    yield [
      id,
      customer,
      `見本商品${(next() % 40) + 1}`,
      ((next() % 200) + 1) * 100,
      pick(STATUSES, next()),
      day(next()),
    ];
  }
}

/** A linear congruential generator (Numerical Recipes): the same rows everywhere, and nobody mistakes it for chance. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 16;
  };
}

function pick<Items extends readonly [unknown, ...unknown[]]>(items: Items, at: number): Items[number] {
  return items[at % items.length] ?? items[0];
}

function day(at: number): string {
  return new Date(FIRST_DAY + (at % DAYS) * DAY_MS).toISOString().slice(0, 10);
}
