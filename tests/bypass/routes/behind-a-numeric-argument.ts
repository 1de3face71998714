import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind a numeric argument',
  source: 'thought of with the keys of the line editor',
  keys: ['scp DATA host:\r'],
};
