import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind a line dropped by ^C',
  source: 'jumpserver#13149: editing after an allowed command',
  keys: ['ls \u0003', 'scp DATA host:\r'],
};
