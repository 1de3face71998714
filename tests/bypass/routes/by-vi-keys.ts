import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by vi keys',
  source: 'thought of with the keys of the line editor',
  keys: ['set -o vi\r', 'scp DATA host:\r'],
};
