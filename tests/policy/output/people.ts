/** Six hundred persons who do not exist, in the shapes in which such files come. */
const SURNAMES =
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 清水 阿部'.split(' ');
const GIVEN =
  '太郎 花子 一郎 美咲 健 翔太 陽菜 直樹 さくら 誠 恵子 大輔 由美 拓也 真由美 和也 千尋 修 明美 浩 舞 亮 綾 剛 香織 隆 彩 学 葵 翼'.split(
    ' ',
  );
const KANA_SURNAMES =
  'サトウ スズキ タカハシ タナカ イトウ ワタナベ ヤマモト ナカムラ コバヤシ カトウ ヨシダ ヤマダ ササキ ヤマグチ マツモト イノウエ キムラ サイトウ シミズ アベ'.split(
    ' ',
  );
const KANA_GIVEN =
  'タロウ ハナコ イチロウ ミサキ ケン ショウタ ヒナ ナオキ サクラ マコト ケイコ ダイスケ ユミ タクヤ マユミ カズヤ チヒロ オサム アケミ ヒロシ マイ リョウ アヤ ツヨシ カオリ タカシ アヤカ マナブ アオイ ツバサ'.split(
    ' ',
  );

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly kana: string;
  readonly phone: string;
  readonly email: string;
  readonly postal: string;
  readonly address: string;
}

/** A row of digits that repeats itself in every run and looks like none. */
function digits(seed: number, length: number): string {
  let value = seed;
  let text = '';
  for (let at = 0; at < length; at += 1) {
    value = (Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
    text += String((value >>> 8) % 10);
  }
  return text;
}

export function people(count = 600): readonly Person[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `C${digits(at + 1, 6)}`,
    name: `${SURNAMES[at % 20]} ${GIVEN[Math.floor(at / 20) % 30]}`,
    kana: `${KANA_SURNAMES[at % 20]} ${KANA_GIVEN[Math.floor(at / 20) % 30]}`,
    phone: `0${['7', '8', '9'][at % 3]}0-${1 + (at % 9)}${digits(at + 7, 3)}-${digits(at + 13, 4)}`,
    email: `${['taro', 'hana', 'ken', 'yu', 'mai'][at % 5]}${digits(at + 21, 5)}@mail${at % 7}.example.jp`,
    postal: `${100 + (at % 800)}-${digits(at + 33, 4)}`,
    address: `東京都渋谷区神南${1 + (at % 9)}-${1 + (at % 30)}-${1 + Math.floor(at / 30)}`,
  }));
}

export function csv(persons: readonly Person[]): string {
  return persons.map((one) => `${Object.values(one).join(',')}\n`).join('');
}
