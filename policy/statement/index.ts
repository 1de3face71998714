export { findInStatement, judgeStatement, tablesInStatement } from './judge.ts';
