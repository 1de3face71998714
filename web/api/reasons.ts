import { type Finding, type Judgement, reasonOf } from '../../policy/index.ts';

/** A judgement with the reason of each finding's rule in both languages: the console chooses. */
export function withReasons(judgement: Judgement) {
  return { ...judgement, findings: judgement.findings.map(withReason) };
}

function withReason(finding: Finding) {
  const en = reasonOf(finding.rule, 'en');
  const ja = reasonOf(finding.rule, 'ja');
  return { ...finding, why: en === undefined || ja === undefined ? null : { en, ja } };
}
