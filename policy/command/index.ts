export { type Dialogue, dialogueOf, withoutTicket } from './dialogue.ts';
export type { StatementClient } from './rules/held-clients.ts';
export { safeForm } from './forms.ts';
export { judgeCommand } from './judge.ts';
export { RULE_REASONS, reasonOf } from './reasons.ts';
export { functionsIn, goesOn, inCommands } from './typed.ts';
