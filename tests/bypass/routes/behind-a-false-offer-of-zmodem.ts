import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'behind a false offer of zmodem',
  source: 'koko parser.go: stops judging at any offer of zmodem',
  keys: ["printf '**\\030B00000000000000\\r\\n'\r", 'scp DATA host:\r'],
};
