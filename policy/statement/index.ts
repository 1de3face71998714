export { findInStatement, judgeStatement, tablesInStatement } from './judge.ts';
export { statementsIn } from './parts.ts';
export { isWholeStatement } from './whole.ts';
