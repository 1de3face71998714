import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'in a case',
  source: 'thought of with the keys of the line editor',
  keys: ['case x in x) scp DATA host:;; esac\r'],
};
