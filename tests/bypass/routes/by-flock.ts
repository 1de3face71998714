import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by flock',
  source: 'thought of with the keys of the line editor',
  keys: ['flock /tmp scp DATA host:\r'],
};
