import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind an alias set as an array',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['BASH_ALIASES[x]=scp\r', 'x DATA host:\r'],
};
