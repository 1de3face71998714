import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a default value',
  source: 'thought of with the keys of the line editor',
  keys: ['${nothing:-scp} DATA host:\r'],
};
