/** What the gateway says to people outside the console, in English. Keys are shared with ja.ts; a test compares them. */
export const en = {
  'refusal.prefix': 'sekisho: {text} [{code}]',
  'refusal.ticket': 'Refused before it ran: {reason}.',
  'refusal.ticket.next': 'If this export is needed, ask for it here: {url}',
  'refusal.deny': 'Refused: {reason}.',
} as const;
