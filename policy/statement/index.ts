export { findInStatement, judgeStatement } from './judge.ts';
