import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'from vim',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['vim\r', ':!scp DATA host:\r\r', ':q!\r'],
  isRaw: true,
};
