/** What the gate says to a line that a login shell hands over. Pure. */
import { goesOn, type Judgement, judgeCommand, safeForm, type TargetPolicy, VERDICTS } from '../../../policy/index.ts';
import { type Functions, withFunctions } from '../guarded-line/functions.ts';
import type { Question } from '../guarded-shell/frames.ts';
import { tamperedBy } from '../guarded-shell/tamper.ts';
import { TOOLS_VARIABLE } from './script.ts';

/** What a line is judged with: what stands before it, what was defined, and what was typed. */
export interface Standing {
  readonly policy: TargetPolicy;
  readonly functions: Functions;
  /** Rows that the shell took and goes on with. */
  readonly before: string;
  /** The line as the keys alone tell it; undefined where keys that edit were among them. */
  readonly keys: string | undefined;
}

export type Read =
  /** Nobody can read it. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'goes_on' }
  /** `row`: what the shell is to run, the line itself or its safe form. */
  | { readonly kind: 'judged'; row: string; text: string; judgement: Judgement; changed: readonly string[] };

/** Changes how the shell reads what is typed, or what its words mean, beside what `tamperedBy` knows. */
const SHELL_CONTROL = new Set(['alias', 'unalias', 'bind', 'readonly']);

/** No line can take it away again. */
const KEPT = [['LESSSECURE', '1']] as const;

export function readLine(question: Question, { policy, functions, before, keys }: Standing): Read {
  const typed = question.text;
  if (typed === undefined) return { kind: 'unreadable' };
  const whole = before === '' ? typed : `${before}\n${typed}`;
  if (goesOn(whole)) return { kind: 'goes_on' };
  const { tools, known } = knownBy(question, policy);
  // Rows that the shell has already cannot be changed any more.
  const form = before === '' ? safeForm(typed, tools) : { text: typed, changed: [] };
  const asForm = judged(before === '' ? form.text : whole, functions, known);
  const asTyped = form.text === typed ? asForm : judged(whole, functions, known);
  const isForm = asForm.verdict === 'allow' || asTyped.verdict !== 'allow';
  const own = isForm && asForm.verdict === 'allow' ? asForm : asTyped;
  const row = own === asForm ? form.text : typed;
  const judgement = stricter(own, byKeys({ keys, typed, before }, functions, known));
  return { kind: 'judged', row, text: whole, judgement, changed: row === typed ? [] : form.changed };
}

function knownBy({ variables, directory }: Question, policy: TargetPolicy) {
  const values = new Map([...variables, ...KEPT]);
  const tools = (values.get(TOOLS_VARIABLE) ?? '').split('\n').map((path) => path.slice(path.lastIndexOf('/') + 1));
  values.delete(TOOLS_VARIABLE);
  const known: TargetPolicy = { ...policy, variables: values, ...(directory === undefined ? {} : { cwd: directory }) };
  return { tools: new Set(tools.filter((name) => name !== '')), known };
}

function judged(line: string, functions: Functions, policy: TargetPolicy): Judgement {
  const judgement = judgeCommand(withFunctions(line, functions), policy);
  const subject = tamperedBy(line, judgement.commands) ?? controls(judgement);
  if (subject === undefined) return judgement;
  const finding = {
    rule: 'control.hook',
    class: 'shell_control',
    span: [0, line.length],
    subject,
    assets: [],
  } as const;
  return { ...judgement, verdict: 'deny', findings: [finding] };
}

function controls({ commands }: Judgement): string | undefined {
  for (const words of commands) {
    const [name = '', ...args] = words.filter((word) => word !== 'builtin' && word !== 'command');
    if (SHELL_CONTROL.has(name) && args.some((word) => word !== '-p')) return name;
    if (name === 'set' && args.includes('vi')) return name; // The keys of that mode are not the gate's.
  }
  return undefined;
}

/**
 * A shell that was made to tell another line than it was given: what the keys say to be an export holds as well. What
 * they leave unknown does not, for an alias may have stood there.
 */
function byKeys(
  { keys, typed, before }: { keys: string | undefined; typed: string; before: string },
  functions: Functions,
  policy: TargetPolicy,
): Judgement | undefined {
  if (keys === undefined || keys === typed || keys.trim() === '' || before !== '') return undefined;
  const judgement = judged(keys, functions, policy);
  return judgement.verdict === 'ask' ? undefined : judgement;
}

function stricter(one: Judgement, other: Judgement | undefined): Judgement {
  if (other === undefined) return one;
  return VERDICTS.indexOf(other.verdict) > VERDICTS.indexOf(one.verdict) ? other : one;
}
