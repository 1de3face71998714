import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by an indirect variable',
  source: 'terminal routes past a filter that reads the screen',
  keys: ['x=scp y=x\r', '${!y} DATA host:\r'],
};
