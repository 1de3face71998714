import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'typed backwards',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['p DATA host:\u0001sc\r'],
  isRaw: true,
};
