import type { Client } from './client-lines.ts';

const OPENS = /^\s*(begin|start\s+transaction)\b/i;
const CLOSES = /\b(commit|rollback|abort|end)\b[^;]*;?\s*$/i;

/**
 * Whether `text` is all of what a person types at a client's prompt: a command of the client, or statements up to their
 * end sign; a transaction up to its own. A sign inside quotes ends it too early; then the server says so, and nothing
 * ran that was not judged.
 */
export function isWholeStatement(text: string, client: Exclude<Client, 'sqlplus'>): boolean {
  const trimmed = text.trim();
  if (trimmed === '') return true;
  if (client === 'sqlite' && trimmed.startsWith('.')) return true;
  if (trimmed.startsWith('\\')) return true;
  if (client === 'mysql' && /^(use\s+\S+|help\b.*|status|show\s+warnings)$/i.test(trimmed)) return true;
  const ends = /;\s*(--.*|#.*)?$/.test(trimmed) || (client !== 'sqlite' && /\\[gG]\w*\s*;?$/.test(trimmed));
  return ends && (!OPENS.test(trimmed) || CLOSES.test(trimmed));
}
