/** Acts that differ in constants alone: the same tool, on the same protected things, asking the same question. */
import { digestOfForm, type Form } from '../digest.ts';
import type { CarriedStatement, Finding, Judgement } from '../model.ts';

/** What an owner can say yes to beforehand. Everything else sends, hides or runs, and is said yes to one by one. */
const CLASSES: readonly Finding['class'][] = ['dbdump', 'bulk_read'];
/** 2026-04 or 2026-04-01: nothing but a day or a month. */
const DAY = /^\d{4}-\d{2}(-\d{2})?$/;

/**
 * The class of an act, 64 hex digits; undefined where it has none. The words of the command have to be the same one by
 * one; only a word that is a statement as a whole may differ, in its constants, by the parser's own fingerprint, and a
 * day may be another day. A host, port, file or flag is never a constant: it decides where the data go.
 */
export function classOf(judgement: Judgement): string | undefined {
  const { verdict, findings, commands, objects, copies, statements = [] } = judgement;
  if (verdict !== 'needs_ticket' || findings.length === 0 || commands.length === 0) return undefined;
  if (findings.some((finding) => !CLASSES.includes(finding.class))) return undefined;
  const form: Form = [
    commands.map((words) => words.map((word) => formOfWord(word, statements))),
    [...objects].sort(),
    copies.map(({ asset, path }) => [asset, path]),
    findings.map((finding) => [finding.rule, finding.class, [...finding.assets].sort()]),
  ];
  return digestOfForm('class', form);
}

/** Whether an approval for the class of one act covers the other. */
export function sameClass(approved: Judgement, act: Judgement): boolean {
  const known = classOf(approved);
  return known !== undefined && known === classOf(act);
}

function formOfWord(word: string, statements: readonly CarriedStatement[]): Form {
  const statement = statements.find(({ text }) => text === word);
  if (statement !== undefined && statement.fingerprint !== null) {
    return ['statement', statement.fingerprint, [...statement.relations].sort()];
  }
  return DAY.test(word) ? ['day', word.length] : ['word', word];
}
