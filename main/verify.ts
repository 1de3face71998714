import { GatewayError } from '../foundation/index.ts';
import { message } from '../messages/index.ts';
import { verifySession, type VerifyReport } from '../recorder/index.ts';
import { type ObjectPlace, recordingFiles } from './recording-source.ts';

const STATUS: Record<VerifyReport['verdict'], number> = { VERIFIED: 0, TAMPERED: 1, INCOMPLETE: 2 };

/** `sekisho verify SESSION [--identity FILE]`: from the files alone, whether or not a gateway runs. */
export async function runVerify(
  dataDirectory: string,
  sessions: readonly string[],
  identity: string | undefined,
  place?: ObjectPlace,
): Promise<number> {
  const [sessionId, ...more] = sessions;
  if (sessionId === undefined || more.length > 0)
    throw new GatewayError('request_invalid', 'Name one session: sekisho verify SESSION');
  const recordings = await recordingFiles(dataDirectory, identity, place);
  const report = await verifySession({ ...recordings, sessionId });
  process.stdout.write(wordReport(report, locale()));
  return STATUS[report.verdict];
}

/** The verdict word first and alone on its line: it must not be read into anything else. */
export function wordReport(report: VerifyReport, language: 'en' | 'ja'): string {
  const { verdict, sessionId, frames, bytes, at, detail } = report;
  const place = at === null ? '' : `\n${message(language, 'verify.place', { at })}`;
  const words = message(language, `verify.${verdict}`, { session: sessionId, frames, bytes });
  return `${verdict}\n${words}${place}\n${detail}\n`;
}

/** The language of the terminal (LANG). */
export function locale(): 'en' | 'ja' {
  return new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('ja') ? 'ja' : 'en';
}
