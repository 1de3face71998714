/** What the judge takes a line for is what bash makes of it: the same programs with the same words. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { seeded } from '../../bench/measure/random.ts';
import { judgeCommand } from '../../policy/index.ts';
import { caseCount, seed } from '../support/share.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { line } from './bash-lines.ts';
import { GUARDED } from './policies.ts';

/** Runs a bash that finds no program, and hands it `fields`, each ended by NUL. */
async function bash(script: string, fields: readonly string[], cwd: string): Promise<string> {
  const child = spawn(partner('bash'), ['--norc', '--noprofile', '-c', script], {
    cwd,
    env: { PATH: '/nowhere', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(fields.map((field) => `${field}\0`).join(''));
  const told: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => told.push(bytes));
  await once(child, 'close');
  return Buffer.concat(told).toString('utf8');
}

/**
 * Every program is unknown, so bash hands each with its words to the handler, which tells them to descriptor 9, in one
 * write so that the sides of a pipeline do not mix. The substitution ends when the last of them has ended.
 */
const RUN = `
command_not_found_handle() { local told; printf -v told '%q ' "$@"; printf '%s\\n' "C $told" >&9; }
exec 8<&0 </dev/null
while IFS= read -r -d '' -u 8 text; do
  printf 'L\\n%s\\n' "$(exec 8<&- 9>&1 >/dev/null 2>&1; eval "$text")"
done
printf 'L\\n'
`;

/** The commands bash ran for each line, each as words, sorted. */
async function runInBash(lines: readonly string[], cwd: string): Promise<string[][]> {
  const groups = (await bash(RUN, lines, cwd)).split(/^L\n/m).slice(1, -1);
  return groups.map((group) =>
    group
      .split(/^C /m)
      .slice(1)
      .map((one) => one.trimEnd())
      .sort(),
  );
}

const QUOTE = `
while IFS= read -r -d '' count; do
  words=()
  while ((count-- > 0)); do IFS= read -r -d '' word; words+=("$word"); done
  printf '%q ' "\${words[@]}"; printf '\\0'
done
`;

/** As bash's own %q would tell them: asked of bash, so that nothing here decides what is equal. */
async function quotedByBash(commands: readonly (readonly string[])[], cwd: string): Promise<string[]> {
  const fields = commands.flatMap((words) => [String(words.length), ...words]);
  const told = await bash(QUOTE, fields, cwd);
  return told
    .split('\0')
    .slice(0, -1)
    .map((one) => one.trimEnd());
}

/** Ten thousand lines take most of a minute on an idle machine. */
const LIMIT_MS = 300_000;

/** Its words depend on what another command prints. */
const isOuter = (command: string): boolean => command.startsWith('zzouter');
/** Stands in a branch or a text that never runs. */
const isNever = (command: string): boolean => command.startsWith('zznever');

describeWith('bash', 'the judge and bash', () => {
  test(
    'read the same commands out of every line that the judge can read',
    async () => {
      await using directory = await tempDirectory();
      const random = seeded(seed());
      const lines = Array.from({ length: caseCount(700, 10_000) }, () => line(random));
      const ran = await runInBash(lines, directory.path);
      expect(ran).toHaveLength(lines.length);
      const judged = lines.map((text) => judgeCommand(text, GUARDED));
      const unreadable = judged.filter(({ findings }) => findings.some(({ class: name }) => name === 'unreadable'));
      const readable = lines.flatMap((text, at) => {
        const judgement = judged[at];
        return judgement === undefined || unreadable.includes(judgement)
          ? []
          : [{ text, judgement, ran: ran[at] ?? [] }];
      });
      // What it cannot read it does not let run, so that is no difference; but it must be the exception.
      expect(unreadable.length).toBeLessThan(lines.length * 0.1);
      const quoted = await quotedByBash(
        readable.flatMap(({ judgement }) => judgement.commands),
        directory.path,
      );
      const differences: { text: string; bash: string[]; judge: string[] }[] = [];
      for (const { text, judgement, ran: inBash } of readable) {
        const judge = quoted
          .splice(0, judgement.commands.length)
          .filter((one) => !isNever(one) && !isOuter(one))
          .sort();
        const ran = inBash.filter((one) => !isOuter(one));
        if (JSON.stringify(judge) !== JSON.stringify(ran)) differences.push({ text, bash: ran, judge });
      }
      expect({ count: differences.length, first: differences.slice(0, 5) }).toEqual({ count: 0, first: [] });
    },
    LIMIT_MS,
  );
});
