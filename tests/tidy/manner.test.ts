/** Our manner as a test: what a review would otherwise have to say each time. */
import { describe, expect, test } from '@jest/globals';
import { readSources, type Source } from './sources.ts';

const sources = await readSources();
const code = sources.filter(({ path }) => /\.(ts|tsx)$/.test(path));
const product = code.filter(({ path }) => !/^(tests|bench)\//.test(path));
const tests = code.filter(({ path }) => path.startsWith('tests/') && !path.startsWith('tests/tidy/'));

interface Rule {
  readonly name: string;
  readonly among: readonly Source[];
  readonly banned: RegExp;
  /** The places that may, each for a reason. */
  readonly except?: readonly string[];
  /** A line that breaks the rule: without it a mistyped expression would never find anything. */
  readonly specimen: string;
}

const RULES: readonly Rule[] = [
  {
    name: 'randomness comes from node:crypto',
    among: product,
    banned: /\bMath\.random\b/,
    specimen: 'const id = Math.random();',
  },
  {
    name: 'time comes from Clock',
    among: product.filter(({ path }) => !path.startsWith('web/ui/')),
    banned: /\bDate\.now\(/,
    except: ['foundation/clock.ts'],
    specimen: 'const now = Date.now();',
  },
  {
    name: 'nothing repeats on an interval: a turn that takes long would overlap the next',
    among: product,
    banned: /\bsetInterval\(/,
    // Draws the time; watches a process of the demo that gives no event.
    except: ['web/ui/components/use-now.ts', 'demo/target/run-terminal.ts'],
    specimen: 'setInterval(poll, 1000);',
  },
  {
    name: 'no loop says it never ends',
    among: [...product, ...tests],
    banned: /\bwhile \((true|1)\)/,
    specimen: 'while (true) {',
  },
  {
    name: 'no module holds state: what changes has an owner that can be closed',
    among: product.filter(({ path }) => !path.startsWith('policy/')),
    banned: /^(export )?(let |const \w+(: [^=]+)? = new (Map|Set)(<.*>)?\(\))/,
    specimen: 'const sessions = new Map<string, Session>();',
  },
  {
    name: 'SQL stands in queries.ts',
    among: product.filter(({ path }) => !path.endsWith('/queries.ts')),
    banned: /(?<!\/\*\* )\bsql\([^)]+\)`|\.query\(\s*['"`]/,
    except: ['foundation/database.ts', 'foundation/queue.ts'],
    specimen: 'await many(db, sql(Row)`SELECT 1`);',
  },
  {
    name: 'every test runs: none alone, none left out, none for later',
    among: tests,
    banned: /\b(test|it|describe)(\.each)?\.(only|skip|todo|failing)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/,
    // They leave a suite out loudly where a partner is missing; a skip fails with CI=true.
    except: [
      'tests/support/partners.ts',
      'tests/support/openssh-newest.ts',
      'tests/e2e/support/clients.ts',
      'tests/policy/output/encodings.it.test.ts',
    ],
    specimen: "test.skip('later', () => undefined);",
  },
  {
    name: 'tests wait for events and never sleep',
    among: tests,
    banned: /(?<!\bjest\.)\bsetTimeout\b|node:timers\/promises/,
    // Keys of a route come with the pauses of a person: without them a program takes several for one.
    except: ['tests/support/wait-for.ts', 'tests/bypass/take.ts'],
    specimen: 'await new Promise((resolve) => setTimeout(resolve, 100));',
  },
  {
    name: 'nothing is left for later in a comment',
    among: sources.filter(({ path }) => !path.startsWith('tests/tidy/')),
    banned: /\b(TODO|FIXME|XXX|HACK)\b/,
    specimen: '// TODO: later',
  },
  {
    name: 'what a tool is told to overlook has a reason beside it',
    among: code.filter(({ path }) => !path.startsWith('tests/tidy/')),
    banned: /@ts-(ignore|nocheck)|eslint-disable(?!.* -- \S)/,
    specimen: '// eslint-disable-next-line no-console',
  },
];

function offenders({ among, banned, except = [] }: Rule): string[] {
  return among
    .filter(({ path }) => !except.includes(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => (banned.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
}

describe('our manner', () => {
  test.each(RULES)('$name', (rule) => {
    expect(rule.banned.test(rule.specimen)).toBe(true);
    expect(rule.among.length).toBeGreaterThan(0);
    expect(offenders(rule)).toEqual([]);
  });

  test('an exception that is no longer needed is removed', () => {
    const idle = RULES.flatMap((rule) =>
      (rule.except ?? []).filter(
        (path) => !offenders({ ...rule, except: [] }).some((found) => found.startsWith(`${path}:`)),
      ),
    );
    expect(idle).toEqual([]);
  });

  test('no file is longer than 300 lines, no test longer than 500; the one list of bounds is a table', () => {
    const long = (among: readonly Source[], max: number): string[] =>
      among.filter(({ lines }) => lines.length - 1 > max).map(({ path, lines }) => `${path}: ${lines.length - 1}`);
    const files = product.filter(({ path }) => path !== 'foundation/limits.ts');
    expect([...long(files, 300), ...long(tests, 500)]).toEqual([]);
  });
});
