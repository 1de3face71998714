import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'ended by ^J',
  source: 'koko: a line feed is not seen as Enter',
  keys: ['scp DATA host:\n'],
};
