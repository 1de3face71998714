import { type Reason, type Rule, words } from './rule.ts';

const WHY: Reason = {
  en: 'A listening program lets others fetch what nobody judges or counts.',
  ja: '待ち受けプログラムは、判定も計量もされない取り出しを外部に許します。',
};
const INFO = words('--version --help -V -t -T -v -h version help status list');

/** Programs that wait for others to fetch. What passes an open door is not seen. */
export const LISTENER_RULES: readonly Rule[] = [
  {
    id: 'listen.programs',
    tools: words(`ttyd gotty wetty shellinabox shellinaboxd in.telnetd telnetd tftpd in.tftpd atftpd thttpd mini_httpd
      webfsd darkhttpd http-server goshs miniserve updog droopy filebrowser dufs simplehttpserver copyparty webdav
      wsgidav uftpd gatling quark live-server browser-sync tcpserver svnserve git-daemon websocketd weborf sfz caddy-file
      servez puff gossa chfs hfs ran serve-dir simple-http-server static-web-server sws ghfs pyftpdlib ftpserver
      sftpgo ncat-server rshd rlogind in.rshd rexecd psh python-http wsh webshell butterfly guacd novnc
      novnc_proxy kasmvnc`),
    class: 'listen',
    direction: 'out',
    verdict: 'deny',
    when: [
      { lacks: INFO, word: /./ },
      { bare: true, lacks: INFO },
    ],
    why: WHY,
    tests: {
      positive: ['ttyd bash', 'miniserve /opt', 'sudo thttpd -d /opt'],
      negative: ['ttyd --version', 'darkhttpd --help'],
    },
  },
  {
    id: 'listen.services',
    tools:
      words(`sshd vsftpd proftpd pure-ftpd rsyncd smbd nfsd lighttpd caddy serve webhook puma unicorn gunicorn uvicorn
      hypercorn inetd xinetd jupyter jupyter-lab jupyter-notebook adb distccd netserver iperf iperf3 rpcbind xrdp
      gnome-remote-desktop rpc.mountd rpc.nfsd slapd named tftpd-hpa flask streamlit`),
    class: 'listen',
    direction: 'out',
    verdict: 'ask',
    when: [
      { lacks: [...INFO, 'reload', 'stop', 'validate', 'devices'], word: /./ },
      { bare: true, lacks: [...INFO, 'reload', 'stop', 'validate', 'devices'] },
    ],
    why: WHY,
    tests: {
      positive: ['sshd -p 2222', 'lighttpd -f /tmp/x.conf'],
      negative: ['sshd -t', 'caddy --version'],
    },
  },
  {
    id: 'listen.netcat',
    tools: words('nc ncat netcat nc.openbsd nc.traditional socat cryptcat sbd'),
    class: 'listen',
    direction: 'out',
    verdict: 'deny',
    when: [
      { word: /^(-[a-km-z]*l[a-zA-Z]*|--listen)$/ },
      { word: /(-listen|-l|-recvfrom|-recv|^(vsock|openssl|ssl|tcp[46]?|udp[46]?)-l\w*):/i },
    ],
    why: WHY,
    tests: {
      positive: ['nc -lvp 4444', 'socat TCP-LISTEN:80,fork file:/tmp/a'],
      negative: ['nc --help', 'socat -V'],
    },
  },
  {
    id: 'listen.options',
    tools:
      words(`php php7 php8 python python2 python3 pypy pypy3 ruby twistd openssl npx bunx busybox toybox R perl plackup
      rackup erl node deno bun`),
    class: 'listen',
    direction: 'out',
    verdict: 'deny',
    when: [
      {
        word: /^(http\.server|SimpleHTTPServer|pyftpdlib|uploadserver|smtpd|xmlrpc\.server|wsgiref.*|twisted|s_server|http-server|serve|localtunnel|lt|live-server|httpd|tftpd|ftpd|telnetd|-run|-mhttp\.server|-mSimpleHTTPServer|--listen)$/,
      },
      { flags: ['-S'], word: /^[\w.[\]:*-]*:\d+$/ },
      { word: /httpd|HTTP::(Daemon|Server)|WEBrick|createServer|TCPServer|inets:start/ },
    ],
    why: WHY,
    tests: {
      positive: ['python3 -m http.server 9090', 'php -S 0.0.0.0:80', 'ruby -run -e httpd . -p 80'],
      negative: ['python3 -m json.tool /tmp/a.json', 'php -l /opt/a.php'],
    },
  },
  {
    id: 'listen.socket-activate',
    tools: ['systemd-socket-activate'],
    class: 'listen',
    direction: 'out',
    verdict: 'ask',
    // Its own options end at the first operand.
    when: [{ first: /^-(?!-(version|help)$)/ }],
    why: WHY,
    tests: {
      positive: ['systemd-socket-activate -l 8080 /opt/x', 'systemd-socket-activate --listen=8080 /opt/x'],
      negative: ['systemd-socket-activate --version', 'systemd-socket-activate x.service'],
    },
  },
  {
    id: 'tunnel.forwarding',
    tools: words('iptables ip6tables nft ufw firewall-cmd ipvsadm ip sysctl route'),
    class: 'tunnel',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      {
        word: /^(DNAT|REDIRECT|dnat|redirect|--add-forward-port.*|ipip|gre|vxlan|wireguard|sit|net\.ipv4\.ip_forward=1)$/,
      },
    ],
    why: {
      en: 'A change of address translation or forwarding can lead traffic round the gateway.',
      ja: 'アドレス変換や転送の変更により、ゲートウェイを迂回する通信が可能になります。',
    },
    tests: {
      positive: ['iptables -t nat -A PREROUTING -p tcp -j DNAT --to 10.0.0.9', 'sysctl -w net.ipv4.ip_forward=1'],
      negative: ['iptables -L -n', 'ip addr show', 'ip tuntap'],
    },
  },
];
