export { runJudge } from './judge.ts';
export { runRejudge } from './rejudge.ts';
