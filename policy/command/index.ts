export { judgeCommand } from './judge.ts';
