import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'ended by ^M behind a quoted return',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['scp DATA \u0016\rhost:\r'],
};
