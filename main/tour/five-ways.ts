/** One export, tried five ways. Each is stopped by another part of the gate, and each says by which. */
import { join } from 'node:path';
import { access } from 'node:fs/promises';
import { customersDirectoryOf, type SshDestination, type SshRun } from '../../demo/index.ts';
import { ProgramsAnswer, TourPerson } from './console.ts';
import { EXPORT, REFUSED, type Run, type Story, TARGET } from './model.ts';
import { expect, type Report } from './report.ts';

export interface Tries extends Story {
  readonly destination: SshDestination;
  readonly run: Run;
}

const ALIAS = [`alias d='${EXPORT}'`, 'd', 'exit'];
const ENCODED = `echo ${Buffer.from(EXPORT).toString('base64')} | base64 -d | sh`;
const PAGE_TOOL = 'customer-page';
const PAGES = [1, 2, 3].map((page) => `${PAGE_TOOL} ${page}`);
/** What the demonstration's system allows in one session; a page has twenty persons. */
const PERSONS_MAX = 50;

/** @returns the refusal of the dump, whose link opens the ticket. */
export async function tryFiveWays(tries: Tries): Promise<SshRun> {
  const { report, run } = tries;
  report.step('The export without a ticket, five ways. The first: the dump tool');
  const dump = await run(EXPORT);
  stopped(report, dump, 'dump.mysql');

  report.step('The second: an alias, typed at the prompt');
  const alias = await type(tries, ALIAS);
  const shown = alias.stdout.toString();
  expect(shown.includes('control.alias'), 'the alias refused by rule control.alias', shown);
  expect(!shown.includes('INSERT INTO'), 'no dump', shown);
  report.fact('stopped by the rule control.alias, before anything ran');

  report.step('The third: base64 into sh');
  stopped(report, await run(ENCODED), 'shell.reads-input');

  report.step('The fourth: the database’s file, by sftp');
  await fetchFile(tries);

  report.step('The fifth: page by page on the screen, with a program that its owner accepted');
  await page(tries);
  return dump;
}

function stopped(report: Report, refused: SshRun, rule: string): void {
  expect(refused.status === REFUSED && refused.stdout.length === 0, 'a refusal and no output', refused.stderr);
  expect(refused.stderr.includes(rule), `the rule ${rule}`, refused.stderr);
  report.fact(`stopped by the rule ${rule}, before anything ran`);
}

async function type({ report, ssh, destination }: Tries, lines: readonly string[]): Promise<SshRun> {
  report.command(`ssh -p ${destination.port} ${TARGET}@${destination.host}`);
  const result = await ssh.type(destination, lines);
  report.output(inShort(onPaper(result.stdout.toString())));
  return result;
}

/** Whole pages of persons as their number: the story is what happened to them. */
function inShort(shown: string): string {
  const line = (part: string): string => `  (${part.split('\n').length - 1} persons)\n`;
  return shown.replaceAll(/(?:^[^\n]*c\d{4}@example\.com\n)+/gm, line);
}

/** A terminal's output without what moves its cursor. */
function onPaper(shown: string): string {
  return shown
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .replaceAll(/\r+\n?/g, '\n')
    .replaceAll(/\n+/g, '\n')
    .trimStart();
}

async function fetchFile({ report, running, ssh, destination, directory }: Tries): Promise<void> {
  const path = join(await customersDirectoryOf(running.directory.demo), 'customers.tsv');
  const to = join(directory, 'customers.tsv');
  report.command(`sftp -P ${destination.port} ${TARGET}@${destination.host}    # get ${path}`);
  const got = await ssh.getFile(destination, path, to);
  report.output(got.stderr);
  const arrived = await access(to).then(
    () => true,
    () => false,
  );
  expect(got.status !== 0 && !arrived, 'a refusal and no file', got.stderr);
  report.fact('stopped before its first byte: the file is protected');
}

async function page(tries: Tries): Promise<void> {
  const { report, running } = tries;
  const tanaka = await TourPerson.signIn('tanaka', running.publicUrl);
  const known = await decided(tanaka);
  if (known?.state === 'accepted') report.fact(`${PAGE_TOOL} was accepted for the system by its owner earlier`);
  else await acceptPageTool(tries, tanaka);
  const paged = await type(tries, [...PAGES, 'exit']);
  const shown = paged.stdout.toString();
  const persons = new Set(shown.match(/c\d{4}@example\.com/g)).size;
  expect(persons <= PERSONS_MAX, `at most ${PERSONS_MAX} persons on the screen`, shown);
  expect(shown.includes('budget_exceeded'), 'the output to be held back', shown);
  report.fact(`held back before person ${PERSONS_MAX + 1}: ${persons} were shown, of the 1200 there are`);
}

async function acceptPageTool({ report, run }: Tries, tanaka: TourPerson): Promise<void> {
  const asked = await run(`${PAGE_TOOL} 1`);
  expect(asked.status === REFUSED && asked.stdout.length === 0, 'a question first', asked.stderr);
  const program = await decided(tanaka);
  expect(program !== undefined, 'the program among those to be decided', asked.stderr);
  const reason = '問い合わせ対応で使う照会プログラム。1ページずつ表示する';
  const accepted = await tanaka.post(`/api/programs/${program.id}/decision`, { decision: 'accept', reason });
  expect(accepted.status === 204, 'the program to be accepted', accepted.text);
  report.fact(`Tanaka, the owner, accepts ${PAGE_TOOL} for the system, once and for all`);
}

async function decided(tanaka: TourPerson): Promise<{ id: string; state: string } | undefined> {
  const { programs } = ProgramsAnswer.parse((await tanaka.get('/api/programs')).json);
  return programs.find(({ name }) => name === PAGE_TOOL);
}
