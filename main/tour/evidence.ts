/** The end of the story: evidence for somebody outside, and what his two verifiers say when one byte of it is another. */
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRecordingReader } from '../../recorder/index.ts';
import { openBundle } from '../bundle/zip-source.ts';
import { recordingFiles } from '../recording-source.ts';
import type { Story } from './model.ts';
import { expect } from './report.ts';

interface Said {
  readonly status: number | null;
  readonly text: string;
}

const CHECK_MS = 60_000;
/** Exit codes of every verifier. Nobody outside cosigns the log of a demonstration. */
const UNWITNESSED = 3;
const TAMPERED = 1;

/** Makes a bundle of the session, has it checked by both verifiers, changes one byte, and has it checked again. */
export async function giveEvidence(story: Story, sessionId: string): Promise<void> {
  const { report, running, directory } = story;
  const bundle = join(directory, 'evidence.zip');
  const verifier = join(directory, 'verify.py');
  await rm(bundle, { force: true });
  report.step('Evidence for the client: one file, checked by the command and by a Python file that needs nothing else');
  const made = await sekisho(story, [
    'bundle',
    '--session',
    sessionId,
    '--data',
    running.directory.root,
    '--out',
    bundle,
  ]);
  expect(made.status === 0, 'a whole bundle', made.text);
  using files = await openBundle(bundle);
  await writeFile(verifier, (await files.read('verify.py')) ?? '');
  for (const { status, text } of await checkTwice(story, bundle, verifier)) {
    expect(status === UNWITNESSED && text.startsWith('VERIFIED-UNWITNESSED'), 'VERIFIED-UNWITNESSED', text);
  }
  report.fact('without a witness outside nobody is told VERIFIED: docs/formats/witness.md');

  const [chunk] = await openRecordingReader(await recordingFiles(running.directory.root)).chunks(sessionId);
  const object = `objects/${chunk?.object ?? ''}`;
  report.step(`Somebody changes one byte of the bundle, in ${object.slice(0, 20)}…`);
  const original = Buffer.from((await files.read(object)) ?? []);
  const bytes = await readFile(bundle);
  const at = original.length === 0 ? -1 : bytes.indexOf(original);
  expect(at >= 0, 'the object in the bundle as it is', object);
  bytes.writeUInt8(bytes.readUInt8(at + Math.floor(original.length / 2)) ^ 1, at + Math.floor(original.length / 2));
  const changed = join(directory, 'evidence-changed.zip');
  await writeFile(changed, bytes);
  for (const { status, text } of await checkTwice(story, changed, verifier)) {
    expect(status === TAMPERED && text.startsWith('TAMPERED') && text.includes(object), `TAMPERED at ${object}`, text);
  }
}

/** By the command; by the Python file too, where there is a Python. */
async function checkTwice(story: Story, bundle: string, verifier: string): Promise<Said[]> {
  const said = [await sekisho(story, ['verify', bundle])];
  const python = await run(story, 'python3', [verifier, bundle]).catch(() => undefined);
  if (python === undefined) story.report.fact('no python3 on this machine: the second verifier was not asked');
  else said.push(python);
  return said;
}

/** This very program in a process of its own, as an outsider runs it. */
function sekisho(story: Story, words: readonly string[]): Promise<Said> {
  const program = [...process.execArgv, process.argv[1] ?? ''];
  return run(story, process.execPath, [...program, ...words], `sekisho ${words.join(' ')}`);
}

async function run({ report }: Story, program: string, args: readonly string[], shown?: string): Promise<Said> {
  report.command(shown ?? `${program} ${args.join(' ')}`);
  const said = await new Promise<Said>((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: CHECK_MS });
    const parts: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => parts.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => errors.push(bytes));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, text: Buffer.concat([...parts, ...errors]).toString('utf8') }));
  });
  report.output(said.text);
  report.fact(`exit status ${said.status ?? 'none'}`);
  return said;
}
