import type { StatementClient } from '../command/rules/held-clients.ts';

const OPENS = /^\s*(begin|start\s+transaction)\b/i;
const CLOSES = /\b(commit|rollback|abort|end|apply\s+batch)\b[^;]*;?\s*$/i;

/** Lines that are a command of the client, or a statement of its own, without an end sign. */
const ONE_LINE: Readonly<Record<StatementClient, RegExp>> = {
  mysql: /^(\\|(use\s+\S+|help\b.*|status|show\s+warnings)$)/i,
  psql: /^\\/,
  sqlite: /^[.\\]/,
  sql: /^(help|clear|history)$/i,
  cqlsh:
    /^(help|describe|desc|show|consistency|serial\s+consistency|tracing|paging|expand|clear|cls|login|source|capture)\b[^;]*$/i,
  sqlcmd: /^(:|!!|(help|reset|ed)$)/i,
  mongosh: /^(?!)/,
  'redis-cli': /^/,
  sqlplus:
    /^(!|@|(set|show|column|col|desc|describe|define|prompt|connect|host|spool|start|get|save|edit|list|clear|help|exec|execute|print|variable|var|whenever|break|compute|ttitle|btitle)\b)/i,
};

/**
 * Whether `text` is all of what a person types at a client's prompt: a command of the client, or statements up to their
 * end sign; a transaction up to its own. A sign inside quotes ends it too early; then the server says so, and nothing
 * ran that was not judged.
 */
export function isWholeStatement(text: string, client: StatementClient): boolean {
  const trimmed = text.trim();
  if (trimmed === '' || ONE_LINE[client].test(trimmed)) return true;
  if (client === 'mongosh') return isBalanced(trimmed) || endsBlank(text);
  if (client === 'sqlcmd') return /(^|\n)\s*go\s*$/i.test(trimmed);
  if (client === 'sqlplus') return isWholeOfOracle(trimmed);
  const ends = /;\s*(--.*|#.*)?$/.test(trimmed) || (client !== 'sqlite' && /\\[gG]\w*\s*;?$/.test(trimmed));
  return ends && (!OPENS.test(trimmed) || CLOSES.test(trimmed));
}

/** A block of PL/SQL has end signs within and ends at a slash alone in its line (SQL*Plus User's Guide, "Running PL/SQL"). */
const BLOCK =
  /^(declare|begin|create\s+(or\s+replace\s+)?((non)?editionable\s+)?(function|procedure|package|trigger|type)|<<)\b/i;

function isWholeOfOracle(text: string): boolean {
  if (/(^|\n)\s*\/$/.test(text)) return true;
  return !BLOCK.test(text) && /;\s*(--.*)?$/.test(text);
}

/** An empty line: whoever cannot close a bracket gets the prompt back. */
function endsBlank(text: string): boolean {
  return /\n[ \t]*\n?$/.test(text);
}

/** Strings and comments of JavaScript, whole or still open. */
const QUIET = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`|\/\*[^]*?\*\/|\/\/[^\n]*/g;

/** Every bracket that opens is closed, and no text or comment stands open. */
function isBalanced(code: string): boolean {
  const bare = code.replace(QUIET, '');
  if (/`|\/\*/.test(bare)) return false;
  const opened = bare.match(/[([{]/g)?.length ?? 0;
  return opened <= (bare.match(/[)\]}]/g)?.length ?? 0);
}
