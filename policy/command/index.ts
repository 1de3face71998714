export { judgeCommand } from './judge.ts';
export { functionsIn, goesOn, inCommands } from './typed.ts';
