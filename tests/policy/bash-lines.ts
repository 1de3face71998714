/**
 * Lines of bash made by a seed, of everything whose words are known before it runs: quotes of every kind, escapes,
 * continued lines, braces, redirections, here-documents, lists, pipelines and compound commands. Their programs are
 * made-up names, so that nothing runs but what tells of itself.
 */
import type { Random } from '../../bench/measure/random.ts';

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789_-./:@%+=,');
const SPECIAL = Array.from(' \t;|&<>()#*?[]{}!~^$`"\\\'');

type Make = (random: Random) => string;

const letters = (random: Random, most = 5): string =>
  Array.from({ length: 1 + random.below(most) }, () => random.pick(LETTERS)).join('');
const anything = (random: Random, most = 6): string =>
  Array.from({ length: random.below(most) }, () => random.pick([...LETTERS, ...SPECIAL, '\n', '日', 'é'])).join('');

const singleQuoted: Make = (random) => `'${anything(random).replaceAll("'", '')}'`;

/** In double quotes a backslash counts only before `$ ` " \` and a line break. */
const doubleQuoted: Make = (random) => {
  const inside = Array.from({ length: random.below(6) }, () =>
    random.pick(['\\$', '\\`', '\\"', '\\\\', '\\\n', '\\a', "\\'", '\\n', "'", ' ', ';', '*', '#', 'x', 'ü', '\n']),
  );
  return `"${inside.join('')}"`;
};

const ESCAPES = [
  '\\n',
  '\\t',
  '\\\\',
  "\\'",
  '\\"',
  '\\?',
  '\\e',
  '\\x41',
  '\\x2',
  '\\101',
  '\\7',
  '\\u0042',
  '\\u65e5',
];
const MORE_ESCAPES = [
  '\\U0001F600',
  '\\cA',
  '\\q',
  '\\a',
  '\\x7e',
  '\\0101',
  '\\x4142',
  '\\1011',
  '\\u41g',
  ' ',
  '*',
  '"',
  'z',
];
const ansiQuoted: Make = (random) =>
  `$'${Array.from({ length: 1 + random.below(4) }, () => random.pick([...ESCAPES, ...MORE_ESCAPES])).join('')}'`;

const escaped: Make = (random) => `\\${random.pick([...SPECIAL, 'a', 'n', '日'])}`;
const localeQuoted: Make = (random) => `$"${letters(random)}"`;
const continued: Make = () => '\\\n';
const glob: Make = (random) => random.pick(['q*q', 'a*z']);

const PARTS: readonly Make[] = [
  ...[letters, letters, letters, letters, singleQuoted, singleQuoted, doubleQuoted, doubleQuoted, ansiQuoted],
  ...[escaped, localeQuoted, glob],
];

const word: Make = (random) => {
  const parts = Array.from({ length: 1 + random.below(4) }, () => random.pick(PARTS)(random));
  if (random.below(12) === 0) parts.splice(random.below(parts.length), 0, continued(random));
  const text = parts.join('');
  // A word that begins like these would be something else than a word.
  return /^[~#=]|^\w+\+?=|^[{}!]$/.test(text) ? `x${text}` : text;
};

const braces: Make = (random) => {
  const choice = (): string => random.pick([letters, letters, singleQuoted])(random).replaceAll(',', '');
  const inner = `{${Array.from({ length: 2 + random.below(2) }, choice).join(',')}}`;
  return `${letters(random, 2)}${inner}${random.below(3) === 0 ? letters(random, 2) : ''}`;
};

/** A name no machine has, sometimes in quotes. */
const name: Make = (random) => {
  const plain = `zz${random.pick(['sync', 'dump', 'copy', 'list', 'put'])}${random.below(9)}`;
  const at = 1 + random.below(plain.length - 1);
  const [left, right] = [plain.slice(0, at), plain.slice(at)];
  return random.pick([
    ...[
      plain,
      plain,
      plain,
      `${left}''${right}`,
      `${left}"${right}"`,
      `'${plain}'`,
      `\\${plain}`,
      `${left}\\\n${right}`,
    ],
    ...[`$'\\x7a'${plain.slice(1)}`, `"${left}"'${right}'`, `${left}\\${right}`],
  ]);
};

const redirection: Make = (random) =>
  random.pick(['>/dev/null', '2>&1', '</dev/null', '2>/dev/null', '>>/dev/null', '&>/dev/null', "<<<'a b'", '3>&1']);

const simple: Make = (random) => {
  const words = Array.from({ length: random.below(4) }, () => (random.below(8) === 0 ? braces(random) : word(random)));
  const assignments =
    random.below(6) === 0 ? [`V${random.below(3)}=${random.pick([letters, singleQuoted])(random)}`] : [];
  const all = [...assignments, name(random), ...words];
  if (random.below(4) === 0) all.splice(random.below(all.length + 1), 0, redirection(random));
  return all.join(random.pick([' ', ' ', '  ', '\t', ' \\\n']));
};

const hereDocument: Make = (random) => {
  const end = random.pick(['E', "'E'", '"E"', '-E']);
  return `${simple(random)} <<${end.startsWith('-') ? '-E' : end}\n${letters(random)} ; zznever\n${end === '-E' ? '\t' : ''}E\n`;
};

type Compound = (random: Random, depth: number) => string;

const COMPOUND: readonly Compound[] = [
  (random, depth) => `( ${line(random, depth)} )`,
  (random, depth) => `{ ${line(random, depth)}\n}`,
  (random, depth) => `if ${simple(random)}; then ${line(random, depth)}\nfi`,
  (random, depth) => `for i in 1; do ${line(random, depth)}\ndone`,
  (random, depth) => `case x in (y) zznever ;; x|z) ${line(random, depth)}\n;; esac`,
  (random, depth) => `! ${simple(random)}; ${line(random, depth)}`,
  (random) => `zzouter $( ${simple(random)} ) >/dev/null`,
  (random) => `zzouter "\`zzback${random.below(9)} ${letters(random)}\`"`,
  (random) => `zzouter < <( ${simple(random)} )`,
  (random) => hereDocument(random),
  (random) => `${simple(random)} # it's "a comment`,
];

/** One line, often of several commands; every one of them runs when each ends with success. */
export function line(random: Random, depth = 0): string {
  const one = (): string =>
    depth < 3 && random.below(4) === 0 ? random.pick(COMPOUND)(random, depth + 1) : simple(random);
  let text = one();
  for (let more = random.below(3); more > 0; more -= 1) {
    const follows = /(\n|#[^\n]*)$/.test(text) ? '\n' : random.pick([' ; ', ' && ', ' | ', '\n', ';', ' |& ', '&&']);
    text += follows + one();
  }
  return text;
}
