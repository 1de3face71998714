import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'the agent of the person',
  source: 'auth-agent-req@openssh.com; ssh -A',
  options: ['-A', '-o', 'IdentityAgent=DOOR_SOCKET'],
  words: ['echo ${SSH_AUTH_SOCK:+host:}'],
  isShown: true,
};
