import { EXIT_CODES, type Finding } from '../evidence/index.ts';
import { GatewayError } from '../foundation/index.ts';
import { message } from '../messages/index.ts';
import { verifySession, type VerifyReport } from '../recorder/index.ts';
import { type ObjectPlace, recordingFiles } from './recording-source.ts';
import { readPolicyText } from './witness-policy.ts';

const TOLD_MAX = 50;

export interface VerifySessionOptions {
  readonly dataDirectory: string;
  readonly sessions: readonly string[];
  /** A file of age identities. */
  readonly identity: string | undefined;
  /** The policy file of whoever asks; without it the configuration's, or nobody's. */
  readonly policy: string | undefined;
  readonly json: boolean;
  readonly place?: ObjectPlace | undefined;
}

/** `sekisho verify SESSION [--identity FILE]`: from the files alone, whether or not a gateway runs. */
export async function runVerify(options: VerifySessionOptions): Promise<number> {
  const { dataDirectory, identity, place, json } = options;
  const [sessionId, ...more] = options.sessions;
  if (sessionId === undefined || more.length > 0)
    throw new GatewayError('request_invalid', 'Name one session: sekisho verify SESSION');
  const recordings = await recordingFiles(dataDirectory, identity, place);
  const own = options.policy === undefined ? {} : { policy: await readPolicyText(options.policy) };
  const report = await verifySession({ ...recordings, ...own, sessionId });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : wordReport(report, locale()));
  return EXIT_CODES[report.verdict];
}

/** The verdict word first and alone on its line: it must not be read into anything else. */
export function wordReport(report: VerifyReport, language: 'en' | 'ja'): string {
  const { verdict, sessionId, frames, bytes, findings } = report;
  const lines = [
    verdict,
    message(language, `evidence.${verdict}`),
    ...wordFindings(findings, language),
    message(language, 'verify.session', { session: sessionId, frames, bytes }),
  ];
  return `${lines.join('\n')}\n`;
}

/** Every finding with its place, a line each. */
export function wordFindings(findings: readonly Finding[], language: 'en' | 'ja'): string[] {
  const lines = findings.slice(0, TOLD_MAX).map(({ severity, code, where, detail }) => {
    const words = message(language, `evidence.finding.${code}`);
    return `  ${message(language, `evidence.severity.${severity}`)} ${where}: ${words}${detail === '' ? '' : ` (${detail})`}`;
  });
  const more = findings.length - TOLD_MAX;
  return more > 0 ? [...lines, message(language, 'evidence.more', { count: more })] : lines;
}

/** The language of the terminal (LANG). */
export function locale(): 'en' | 'ja' {
  return new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('ja') ? 'ja' : 'en';
}
