/** What a report says, line by line, in the reader's language: for the console and for the page in a bundle. */
import { type BundleReport, type FindingCode, FINDINGS, type Progress } from '../../../evidence/index.ts';
import { visibleText } from '../format/visible.ts';
import type { Words } from './offline-words.ts';

/** Shown one by one; a broken log has thousands, and they all say the same. */
const FINDINGS_MAX = 200;

export interface WordedReport {
  readonly verdict: BundleReport['verdict'];
  readonly word: string;
  readonly meaning: string;
  readonly findings: readonly string[];
  readonly facts: readonly string[];
}

export function wordReport(report: BundleReport, t: Words): WordedReport {
  const { verdict, findings } = report;
  const told = findings.slice(0, FINDINGS_MAX).map(({ severity, code, where, detail }) => {
    const place = visibleText(detail === '' ? where : `${where} (${detail})`);
    return `${t(`evidence.severity.${severity}`)}: ${isFindingCode(code) ? t(`evidence.finding.${code}`) : code} — ${place}`;
  });
  const left = findings.length - told.length;
  return {
    verdict,
    word: t(`verify.${verdict}`),
    meaning: t(`check.${verdict}.meaning`),
    findings: left > 0 ? [...told, t('check.more', { n: left })] : told,
    facts: factsOf(report, t),
  };
}

function factsOf({ scope, log, sessions }: BundleReport, t: Words): string[] {
  const asked =
    scope.kind === 'period'
      ? t('check.asked.period', { from: scope.from, to: scope.to })
      : t('check.asked.sessions', { sessions: scope.sessions.join(', ') });
  const by = log === null || log.by.length === 0 ? '–' : log.by.join(', ');
  const ofLog =
    log === null
      ? t('check.noLog')
      : t('check.logOf', { origin: visibleText(log.origin), size: log.size, by: visibleText(by) });
  const each = sessions.map(({ sid, frames, chunks, bytes }) => t('check.session', { sid, frames, chunks, bytes }));
  const isAsked = scope.kind === 'period' || scope.sessions.length > 0; // Of what is no bundle nothing was asked.
  return [...(isAsked ? [asked] : []), ofLog, ...each];
}

export function wordProgress({ stage, done, total }: Progress, t: Words): string {
  return t(`check.${stage}`, { done, total });
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(FINDINGS, code);
}
