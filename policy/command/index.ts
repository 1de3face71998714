export { type Dialogue, dialogueOf, type StatementClient, withoutTicket } from './dialogue.ts';
export { safeForm } from './forms.ts';
export { judgeCommand } from './judge.ts';
export { RULE_REASONS, reasonOf } from './reasons.ts';
export { functionsIn, goesOn, inCommands } from './typed.ts';
