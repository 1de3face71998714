import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'an unknown subsystem',
  source: 'RFC 4254 §6.5; a subsystem of sshd_config that is none of the known ones',
  options: ['-s'],
  words: ['door'],
  stdin: 'host:\n',
};
