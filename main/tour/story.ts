/** The story, told on real parts: the real ssh client, the console's API, the files of the recorder. */
import { createHash } from 'node:crypto';
import { chmod, cp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findWebBrowser, type SshDestination, type SshRun } from '../../demo/index.ts';
import { openRecordingReader, verifySession } from '../../recorder/index.ts';
import { recordingFiles } from '../recording-source.ts';
import { wordReport } from '../verify.ts';
import { refuseOwnYes } from './approving.ts';
import { downloadFromSite } from './download.ts';
import { exportBeyondWhatWasAsked, findDeviation } from './deviation.ts';
import { workInEmergency } from './emergency.ts';
import { climbWhenIdle } from './escalation.ts';
import { askForExport, signInAndEnrol } from './enrol.ts';
import { giveEvidence } from './evidence.ts';
import { handOver } from './hand-over.ts';
import { tryFiveWays } from './five-ways.ts';
import { Refused, SessionAnswer, TicketAnswer, TourPerson, VerifyAnswer } from './console.ts';
import { EXPORT, REFUSED, type Run, type Story, TARGET, UNWITNESSED } from './model.ts';
import { expect } from './report.ts';

type Ticket = ReturnType<typeof TicketAnswer.parse>['ticket'];

const WORK = "hostname; mysql crm -e 'SELECT COUNT(*) FROM customers'";

export async function tellStory(story: Story): Promise<{ sessionId: string; destination: SshDestination }> {
  const { report, running } = story;
  report.step('Aoki (maintainer) signs in through the identity provider and enrols an SSH key');
  const { person: aoki, destination } = await signInAndEnrol(story, 'aoki');
  const run: Run = (command) => runSsh(story, destination, command);

  report.step('Work: a command on the customer database server, as Aoki’s own account, recorded');
  const work = await run(WORK);
  expect(
    work.status === 0 && work.stdout.includes('1200'),
    'exit 0 and the count 1200',
    work.stdout.toString() + work.stderr,
  );

  const refused = await tryFiveWays({ ...story, destination, run });
  const asked = await askForIt(story, aoki, refused.stderr);
  await decide(story, aoki, asked);
  const used = await exportOnce(story, aoki, asked, run);

  report.step('The same command a second time: a ticket is for one use');
  const again = await run(EXPORT);
  expect(again.status === REFUSED && again.stdout.length === 0, 'a refusal and no output', again.stderr);

  const planted = await exportBeyondWhatWasAsked(story);
  const sessionId = used.result?.sessionId ?? '';
  await audit(story, used);
  await tamper(story, sessionId);
  await giveEvidence(story, sessionId);
  await refuseOwnYes(story);
  await handOver({ ...story, aoki, run });
  await inBrowser(story, aoki);
  await workInEmergency(story, planted.maintainer);
  await climbWhenIdle(story);
  await findDeviation(story, planted.ticket);
  report.step('What is left');
  report.fact(`replay: ${new URL(`/sessions/${sessionId}`, running.publicUrl).href} (sign in as suzuki, the auditor)`);
  return { sessionId, destination };
}

async function inBrowser(story: Story, aoki: TourPerson): Promise<void> {
  await using browser = await findWebBrowser(join(story.directory, 'browser'));
  await downloadFromSite({ ...story, browser }, aoki);
}

async function runSsh({ ssh, report }: Story, destination: SshDestination, command: string): Promise<SshRun> {
  report.command(`ssh -p ${destination.port} ${TARGET}@${destination.host} ${JSON.stringify(command)}`);
  const result = await ssh.run(destination, command);
  if (result.stdout.length > 0) report.output(result.stdout.toString('utf8'));
  if (result.stderr !== '') report.output(result.stderr);
  report.fact(`exit status ${result.status ?? 'none'}, ${result.stdout.length} bytes on standard output`);
  return result;
}

/** `shown`: what the refusal of the dump said. */
async function askForIt({ report }: Story, aoki: TourPerson, shown: string): Promise<Ticket> {
  report.step('Aoki opens the link of the first refusal: the ticket is filled in from the act itself');
  const { refusedAct, ticket } = await askForExport(aoki, shown, {});
  report.fact(`act: ${refusedAct.text} · suggested limit ${refusedAct.suggested.rowsMax} rows`);
  report.fact(`ticket T-${ticket.number} is ${ticket.state}`);
  return ticket;
}

async function decide({ report, running }: Story, aoki: TourPerson, ticket: Ticket): Promise<void> {
  const decision = { decision: 'approve', reason: '受付番号と対象件数を確認した', actDigest: ticket.actDigest };
  report.step('Aoki tries to approve the own request: refused');
  const own = await aoki.post(`/api/tickets/${ticket.id}/decision`, decision);
  report.output(own.text);
  const refusal = Refused.safeParse(own.json);
  expect(
    own.status === 403 && refusal.success && refusal.data.error.code === 'own_request',
    '403 own_request',
    own.text,
  );

  report.step('Tanaka (owner of the system) reads the exact act and approves it');
  const tanaka = await TourPerson.signIn('tanaka', running.publicUrl);
  const approved = await tanaka.post(`/api/tickets/${ticket.id}/decision`, decision);
  expect(approved.status === 200, 'the approval', approved.text);
  const { state } = TicketAnswer.parse(approved.json).ticket;
  expect(state === 'approved', 'an approved ticket', approved.text);
  report.fact(`ticket T-${ticket.number} is ${state} for exactly: ${ticket.actText}`);
}

async function exportOnce({ report }: Story, aoki: TourPerson, ticket: Ticket, run: Run): Promise<Ticket> {
  report.step('The same command again: it runs, once, counted and hashed on its way out');
  const exported = await run(EXPORT);
  expect(exported.status === 0 && exported.stdout.length > 0, 'exit 0 and the export', exported.stderr);
  const sha256 = createHash('sha256').update(exported.stdout).digest('hex');
  const path = `/api/tickets/${ticket.id}`;
  const { ticket: used } = await aoki.getWhen(path, TicketAnswer, (answer) => answer.ticket.result !== null);
  report.fact(`ticket T-${used.number} is ${used.state}: ${JSON.stringify(used.result)}`);
  report.fact(`SHA-256 of what arrived here: ${sha256}`);
  expect(used.state === 'used' && used.result?.sha256 === sha256, 'the same SHA-256 at both ends', used);
  expect(
    used.result.bytes === exported.stdout.length && used.result.rows === 1200,
    '1200 rows and the same bytes',
    used.result,
  );
  return used;
}

async function audit({ report, running }: Story, ticket: Ticket): Promise<void> {
  report.step('Suzuki (auditor) replays the session and verifies it');
  const suzuki = await TourPerson.signIn('suzuki', running.publicUrl);
  const sessionId = ticket.result?.sessionId ?? '';
  await suzuki.getWhen(`/api/sessions/${sessionId}`, SessionAnswer, ({ session }) => session.sealed);
  const cast = await suzuki.get(`/api/sessions/${sessionId}/recording.cast`);
  const [header = ''] = cast.text.split('\n');
  report.output(header);
  expect(cast.status === 200 && header.includes('"version":3'), 'an asciicast v3 recording', cast.text.slice(0, 500));
  expect(cast.text.includes('INSERT INTO'), 'the export inside the recording', cast.text.slice(0, 500));
  const verified = await suzuki.post(`/api/sessions/${sessionId}/verify`, {});
  report.output(verified.text);
  expect(
    verified.status === 200 && VerifyAnswer.parse(verified.json).report.verdict === UNWITNESSED,
    UNWITNESSED,
    verified.text,
  );
}

async function tamper({ report, running, directory }: Story, sessionId: string): Promise<void> {
  report.step('Somebody inside changes one bit of a copy of the recording');
  const data = running.directory.root;
  const original = await verifySession({ ...(await recordingFiles(data)), sessionId });
  report.command(`sekisho verify ${sessionId}`);
  report.output(wordReport(original, 'en'));
  const copy = join(directory, 'tampered');
  await rm(copy, { recursive: true, force: true });
  // The gateway goes on writing: what is there for a moment only may be gone before it is copied.
  const lasting = (path: string): boolean => !(path.endsWith('.tmp') || /\/wal(-\d+)?$/.test(path));
  await cp(running.directory.recorder, join(copy, 'recorder'), { recursive: true, filter: lasting });
  const recordings = await recordingFiles(copy);
  const [chunk] = await openRecordingReader(recordings).chunks(sessionId);
  const object = chunk?.object ?? '';
  const file = join(copy, 'recorder', 'objects', object.slice(0, 2), object);
  const place = Math.floor((chunk?.bytes ?? 0) / 2);
  await chmod(file, 0o600);
  await flipBit(file, place);
  const tampered = await verifySession({ ...recordings, sessionId });
  report.command(`sekisho verify ${sessionId} --data tampered    # bit 0 of byte ${place} of an object flipped`);
  report.output(wordReport(tampered, 'en'));
  expect(original.verdict === UNWITNESSED && tampered.verdict === 'TAMPERED', `${UNWITNESSED} and TAMPERED`, [
    original,
    tampered,
  ]);
  expect(tampered.findings[0]?.where === `objects/${object}`, `${object} as the place`, tampered);
}

async function flipBit(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte.writeUInt8(byte.readUInt8(0) ^ 1);
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
}
