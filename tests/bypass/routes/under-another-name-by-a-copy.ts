import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'under another name by a copy',
  source: 'thought of with the keys of the line editor',
  keys: ['cp STUB ./cpHOST\r', './cpHOST DATA host:\r'],
};
