import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'ended by ^O',
  source: 'koko: ^O is not seen as Enter',
  keys: ['scp DATA host:\u000f'],
};
