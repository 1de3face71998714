/** What the walk knows of the parser's nodes. */
import { type ParsedScript, parse } from 'unbash';

/** Every kind of node this walk was written for. Another one is not guessed at. */
export const KNOWN = new Set<string>(
  `AndOr If Elif While Subshell BraceGroup CompoundList CaseItem Coproc ArithmeticFor TestUnary TestBinary TestLogical
   TestNot TestGroup TestCommand ArithmeticCommand Time Negation Word Literal Glob SingleQuoted DoubleQuoted AnsiCQuoted
   LocaleString SimpleExpansion ParameterExpansion ArithmeticExpansion ExtendedGlob BraceExpansion ArrayValue Redirect
   HereString HereDoc HereDocDelimiter HereDocBody FileDescriptor FileDescriptorVariable ArithmeticBinary
   ArithmeticUnary ArithmeticTernary ArithmeticGroup ArithmeticWord Remove Replace Slice CaseModification Transform
   Names For Select Case Default Assignment Command Pipeline Redirected Function Script Statement CommandExpansion
   ProcessSubstitution ArithmeticCommandExpansion`.split(/\s+/),
);

/** Bodies that run again after what stands behind them has run. */
export const LOOPS = new Set<string>(['While', 'For', 'Select', 'ArithmeticFor']);

/** Commands that set variables to what nobody knows before they run. */
export const REBINDS = new Set(
  `read readarray mapfile getopts printf let eval source . unset select declare typeset local trap alias`.split(' '),
);

/** Of those, the ones whose text runs again at any later time. */
export const RUNS_LATER = new Set(['trap', 'alias']);

/** Commands whose arguments are assignments that happen. */
export const DECLARES = new Set(['export', 'readonly']);

/** Parses `text`; what could not be read is in `errors`. */
export function readScript(text: string): ParsedScript {
  return parse(text);
}
