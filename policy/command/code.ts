/** Shells and interpreters on a command line: the code they carry is judged, or refused when it cannot be read. */
import type { Bench } from './bench.ts';
import { asked, denied, isOutward, ticketed } from './found.ts';
import type { Found, Input, Invocation, Word } from './model.ts';
import { decodes, isDecoder } from './rules/decoders.ts';
import {
  type Interpreter,
  interpreterOf,
  isActiveAwk,
  isActiveSed,
  isPlainCode,
  SHELLS,
  speaksOutward,
} from './rules/interpreters.ts';
import { operandsOf } from './rules/rule.ts';

/** What a shell or interpreter is given to run. Empty for other programs. */
export function judgeCode(invocation: Invocation, tool: string, bench: Bench): readonly Found[] {
  if (SHELLS.has(tool)) return judgeShell(invocation, tool, bench);
  const interpreter = interpreterOf(tool);
  if (interpreter === undefined) return [];
  return interpreter.operand === true
    ? judgeProgram(interpreter, invocation, tool)
    : judgeInterpreter(interpreter, invocation, tool, bench);
}

function judgeShell({ args, input, span }: Invocation, tool: string, bench: Bench): readonly Found[] {
  if (args.some((word) => /^--(version|help)$/.test(word.text))) return [];
  const at = args.findIndex((word) => /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word.text));
  const code = at === -1 ? undefined : args.slice(at + 1).find((word) => !word.text.startsWith('-') || !word.exact);
  const init = args.find((word) => /^--(rcfile|init-file)/.test(word.text));
  if (init !== undefined) return [asked('shell.init-file', 'shell_control', init.span, init.text)];
  if (at !== -1) return code === undefined ? [] : shellCode(code, input, bench);
  const [script] = operandsOf(args);
  const readsInput =
    script === undefined ||
    args.some((word) => /^-[a-z]*s[a-z]*$/.test(word.text) || word.text === '/dev/stdin' || word.text === '-');
  if (!readsInput) return scriptFile('shell.script-file', script, bench);
  if (input.kind === 'text') return shellCode(input.word, { kind: 'none' }, bench);
  if (input.kind === 'none') return [asked('shell.opens-shell', 'shell_control', span, tool)];
  return [(isMade(input) ? denied : asked)('shell.reads-input', 'dynamic', span, tool)];
}

/** Whether what is read comes out of a decoder or from another host: what it says stands nowhere in the line. */
function isMade(input: Input): boolean {
  return input.kind === 'pipe' ? input.from.some(isDecoder) : input.kind === 'file' && decodes(input.word);
}

/** A file of code, unless somebody accepted it for this system. */
function scriptFile(rule: string, script: Word, { policy: { programs } }: Bench): readonly Found[] {
  if (script.exact && programs?.has(script.text) === true) return [];
  return [(decodes(script) ? denied : asked)(rule, 'interpreter', script.span, script.text)];
}

function shellCode(word: Word, input: Invocation['input'], bench: Bench): readonly Found[] {
  const found = bench.judgeText(word.text, word.span, input, bench.depth + 1);
  if (word.exact) return found;
  const hides = decodes(word) || found.some(isOutward);
  return [...found, (hides ? denied : asked)('shell.built-text', 'dynamic', word.span, word.text)];
}

function judgeInterpreter(
  interpreter: Interpreter,
  invocation: Invocation,
  tool: string,
  bench: Bench,
): readonly Found[] {
  const { args, input, span } = invocation;
  const codes = codeOf(interpreter, args);
  if (codes.length > 0) return codes.flatMap((code) => judgeInline(code));
  if (args.some((word) => interpreter.harmless.includes(word.text))) return [];
  const [script] = operandsOf(args).filter((word) => word.text !== '-' && word.text !== '/dev/stdin');
  if (script !== undefined) return scriptFile('interpreter.script-file', script, bench);
  if (input.kind === 'text') return judgeInline(input.word);
  if (input.kind === 'none' && args.length > 0) return [asked('interpreter.options', 'interpreter', span, tool)];
  return [(isMade(input) ? denied : asked)('interpreter.reads-input', 'dynamic', span, tool)];
}

function judgeInline(code: Word): readonly Found[] {
  if (code.exact && isPlainCode(code.text)) return [];
  const found = speaksOutward(code.text) ? ticketed : asked;
  return [found('interpreter.inline-code', 'interpreter', code.span, code.text)];
}

function codeOf(interpreter: Interpreter, args: readonly Word[]): Word[] {
  return args.flatMap((word, at): Word[] => {
    const next = args[at + 1];
    for (const option of interpreter.code) {
      if (word.text.startsWith(`${option}=`)) return [word];
      const letter = option.length === 2 ? option.charAt(1) : undefined;
      const clustered = letter !== undefined && /^-[a-zA-Z0-9]+$/.test(word.text) && word.text.endsWith(letter);
      if ((word.text === option || clustered) && next !== undefined) return [next];
      // `-ecode` without a space.
      if (letter !== undefined && word.text.startsWith(option) && word.text.length > 2 && /\W/.test(word.text))
        return [word];
    }
    return [];
  });
}

/** awk and sed: the first operand, or the value of -e, is the program; -f reads one from a file. */
function judgeProgram(interpreter: Interpreter, { args }: Invocation, tool: string): readonly Found[] {
  if (args.some((word) => interpreter.harmless.includes(word.text))) return [];
  const sed = tool.endsWith('sed');
  const file = args.find((word) => /^(-[a-zA-Z]*f|--file(=.*)?)$/.test(word.text) || /^-f./.test(word.text));
  if (file !== undefined) return [asked('interpreter.script-file', 'interpreter', file.span, file.text)];
  const inline = codeOf(interpreter, args);
  const programs = inline.length > 0 ? inline : programOperand(args, sed);
  return programs
    .filter((program) => (sed ? isActiveSed(program.text) : isActiveAwk(program.text)))
    .map((program) =>
      (speaksOutward(program.text) ? ticketed : asked)(
        'interpreter.active-program',
        'interpreter',
        program.span,
        program.text,
      ),
    );
}

function programOperand(args: readonly Word[], sed: boolean): Word[] {
  let skip = false;
  for (const word of args) {
    if (skip) skip = false;
    else if (/^-[vF]$/.test(word.text) && !sed) skip = true;
    else if (!word.text.startsWith('-')) return [word];
  }
  return [];
}
