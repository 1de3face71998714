import type { BypassRoute } from '../route.ts';

export const route: BypassRoute = {
  kind: 'command',
  name: 'the display of the person',
  source: 'RFC 4254 §6.3, x11-req; ssh -Y',
  environment: { DISPLAY: '127.0.0.1:9' },
  options: ['-Y'],
  words: ['echo ${DISPLAY:+host:}'],
  isShown: true,
};
