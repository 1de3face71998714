/** What the judge says to a question of the hook. Pure. */
import { type Finding, type Judgement, judgeCommand, type TargetPolicy } from '../../../policy/index.ts';
import type { Question } from './frames.ts';
import { tamperedBy } from './tamper.ts';

export interface Asked {
  readonly text: string;
  readonly judgement: Judgement;
}

/** Found in a line before its variables have their values; each of its commands is asked about when they have. */
const LATER = new Set([
  ...['gate.dynamic-name', 'gate.dynamic-text', 'gate.unknown-program'],
  ...['control.editors', 'escape.pagers'], // The shell knows them by other names.
]);
const OF_PATHS = new Set(['gate.protected-path', 'gate.perhaps-protected', 'gate.unknown-directory']);
/** What a redirection follows that belongs to no simple command, so that nothing asks about it again. */
const COMPOUND = /(\b(done|fi|esac)|[})\]])\s*(\d*[<>&]+\s*\S+\s*)*$/;

/** The judgement of `question`; undefined when nobody can read it. */
export function judgeQuestion(question: Question, policy: TargetPolicy): Asked | undefined {
  const { text: written, directory, kind, isFunction } = question;
  if (written === undefined) return undefined;
  const text = written.replace(/\n+$/, '');
  const { meant, variables } = withValues(text, question);
  // The target starts what runs here, whatever the mode of the target is: no dialogue of it is the gateway's to hold.
  const known: TargetPolicy = {
    ...policy,
    mode: 'guarded-shell',
    variables,
    ...(directory === undefined ? {} : { cwd: directory }),
  };
  const judgement = judgeCommand(kind === 'line' ? meant : completed(meant), known);
  const tampers = tamperedBy(text, judgement.commands);
  if (tampers !== undefined) return { text, judgement: refusedFor(text, tampers, judgement) };
  if (kind === 'line') return { text, judgement: without(judgement, (finding) => isForLater(text, finding)) };
  const name = judgement.commands[0]?.[0];
  const isItself = ({ rule, subject }: Finding): boolean =>
    isFunction && rule === 'gate.unknown-program' && subject === name;
  return { text, judgement: without(judgement, isItself) };
}

/** The shell keeps it: no line can take it away. */
const KEPT = [['LESSSECURE', '1']] as const;

/**
 * Longer expansions become variables whose values are known, of the same length, so that findings stand where they stood.
 * For a line they are left: its own commands may change what they yield.
 */
function withValues(text: string, { kind, variables, expansions }: Question) {
  const known = new Map([...variables, ...KEPT]);
  let meant = text;
  if (kind === 'line') return { meant, variables: known };
  for (const [source, value] of expansions) {
    const name = `_${String(known.size).padStart(source.length - 4, '0')}`;
    if (name.length !== source.length - 3 || known.has(name)) continue;
    known.set(name, value);
    meant = meant.replaceAll(source, `\${${name}}`);
  }
  return { meant, variables: known };
}

/** A path that depends on a variable is judged with its command, when the variable has its value. */
function isForLater(text: string, { rule, span: [start, end] }: Finding): boolean {
  if (LATER.has(rule)) return true;
  if (!OF_PATHS.has(rule) || !/[$`{]/.test(text.slice(start, end))) return false;
  return !(/^\d*[<>&]/.test(text.slice(start)) && COMPOUND.test(text.slice(0, start)));
}

/** The head of a loop is told without its body; what it would run is asked about by itself. */
function completed(text: string): string {
  if (/^(for|select)\s/.test(text)) return `${text}; do :; done`;
  return /^case\s/.test(text) ? `${text} *) ;; esac` : text;
}

/** Where nothing else was found, what is left out here decides nothing. */
function without(judgement: Judgement, isLeftOut: (finding: Finding) => boolean): Judgement {
  const findings = judgement.findings.filter((finding) => !isLeftOut(finding));
  if (findings.length === judgement.findings.length) return judgement;
  return { ...judgement, findings, verdict: findings.length === 0 ? 'allow' : judgement.verdict };
}

function refusedFor(text: string, subject: string, judgement: Judgement): Judgement {
  return {
    ...judgement,
    verdict: 'deny',
    findings: [{ rule: 'control.hook', class: 'shell_control', span: [0, text.length], subject, assets: [] }],
  };
}

/** Whether a line may keep job control: one simple command that starts nothing else, so that only the shell asks. */
export function isOneCommand({ judgement, text }: Asked, { isFunction }: Question): boolean {
  return (
    !isFunction && judgement.commands.length === 1 && !/[|;&`\n]|\$\(|[<>]\(|^\s*[({!]|\b(coproc|time)\b/.test(text)
  );
}
