import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'undone into being',
  source: 'thought of with the keys of the line editor',
  keys: ['scp DATA host:\u0015\u001f\r'],
};
