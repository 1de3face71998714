import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'under another name by a link',
  source: 'thought of with the keys of the line editor',
  keys: ['ln -sf STUB ./lnHOST\r', './lnHOST DATA host:\r'],
};
