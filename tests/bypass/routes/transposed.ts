import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'transposed',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['csp\u0001\u0006\u0014\u0005 DATA host:\r'],
  isRaw: true,
};
