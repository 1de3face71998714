/** Six hundred invented persons, as a list of customers has them. */
export const PERSONS = 600;

const SURNAMES = ['佐藤', '鈴木', '高橋', '田中', '伊藤', '渡辺', '山本', '中村', '小林', '加藤'];
const GIVEN = ['太郎', '花子', '一郎', '美咲', '健', '葵', '翔', '陽菜', '大輔', 'さくら'];

/** One line a person: number, name, telephone, e-mail, address. Nobody's: the numbers count up. */
export function customers(persons: number, from = 0): string {
  return Array.from({ length: persons }, (_, index) => customer(from + index)).join('');
}

function customer(at: number): string {
  const name = `${SURNAMES[at % 10]} ${GIVEN[Math.floor(at / 10) % 10]}`;
  const digits = String(10_000_000 + at * 7_919).slice(-8);
  const phone = `090-${digits.slice(0, 4)}-${digits.slice(4)}`;
  return `C${String(at).padStart(6, '0')},${name},${phone},user${at}@example.com,東京都千代田区丸の内${(at % 9) + 1}-${at}\n`;
}

export function customersIn(text: string): number {
  return new Set(text.match(/user\d+@example\.com/g)).size;
}
