import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind time and !',
  source: 'thought of with the keys of the line editor',
  keys: ['! time scp DATA host:\r'],
};
