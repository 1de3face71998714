/** Shells and database clients that the gateway holds, in English. */
export const dialogueEn = {
  'dialogue.statements':
    'The gateway holds this {client} prompt: each statement is checked and runs by itself. End it with ";", write a transaction as one text up to COMMIT; exit or Ctrl-D leaves.',
  'dialogue.lines':
    'The gateway holds this {client} prompt: each line is checked and runs by itself; exit or Ctrl-D leaves.',
  'dialogue.batches':
    'The gateway holds this {client} prompt: each batch is checked and runs by itself. End it with a line GO; exit or Ctrl-D leaves.',
  'dialogue.expressions':
    'The gateway holds this {client} prompt: each expression is checked and runs by itself, so variables do not last. It goes on until its brackets are closed or a line is empty; exit or Ctrl-D leaves.',
  'dialogue.blocks':
    'The gateway holds this {client} prompt: each statement is checked and runs by itself. End it with ";", and a block of PL/SQL with a line "/"; exit or Ctrl-D leaves.',
  'dialogue.elsewhere':
    'It opens as a command of its own, checked inside too: ssh -t -p {port} {target}@{host} <command>',
  'dialogue.shell': 'Each command of this shell is checked before it runs.',
  'dialogue.shell_failed':
    'No shell that asks before each command could be started there: bash 4.4 or newer is needed. Run single commands instead.',
  'dialogue.needs_terminal':
    'Not run: what comes into this shell could be checked in a terminal only. Use ssh -t, or run single commands.',
} as const;
