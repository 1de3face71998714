import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'killed and yanked',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['scp\u0015', '\u0019 DATA host:\r'],
  isRaw: true,
};
