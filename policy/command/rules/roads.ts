import { type Rule, words } from './rule.ts';

/** Tunnels and roads round the gateway. No ticket makes an open door safe: what passes it is not seen. */
export const ROAD_RULES: readonly Rule[] = [
  {
    id: 'tunnel.ssh',
    tools: words('ssh slogin autossh mosh plink dbclient et'),
    class: 'tunnel',
    direction: 'unknown',
    verdict: 'deny',
    when: [
      { flags: ['-L', '-R', '-D', '-W', '-w', '-N', '-M'] },
      {
        word: /^-?o?\s*(Local|Remote|Dynamic)Forward|^-?o?\s*(Proxy|Local|Permit\w*|Known\w*)Command|Tunnel\s*=|ControlMaster/i,
      },
    ],
    why: {
      en: 'A forward opens a road between hosts on which nothing is seen or counted.',
      ja: 'ポート転送は、何も記録・計量されない通り道をホスト間に開きます。',
    },
    tests: {
      positive: ['ssh -fNL 3307:db:3306 gw', 'ssh -o "DynamicForward=1080" gw'],
      negative: ['ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub', 'sshd -t'],
    },
  },
  {
    id: 'send.ssh',
    tools:
      words(`ssh slogin autossh mosh plink dbclient et pssh parallel-ssh prsync clush pdsh pdcp rpdcp cssh dsh pscp.pssh
      pslurp ssh-copy-id vagrant-ssh eb-ssh`),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: [{ lacks: ['-V', '-Q', '-G', '--version'] }],
    why: {
      en: 'This signs in to another host; whatever it is given goes there, past the gateway.',
      ja: '別のホストにログインします。渡した内容はゲートウェイを通らずに届きます。',
    },
    tests: {
      positive: ['tar c /opt | ssh h "cat > x"', 'ssh h uptime'],
      negative: ['ssh -V', 'ssh -Q cipher'],
    },
  },
  {
    id: 'tunnel.programs',
    tools: words(`ngrok cloudflared chisel lt localtunnel frpc frps frp bore devtunnel code-server code-tunnel tailscale
      tailscaled zerotier-one zerotier-cli nebula gost iodine iodined dnscat dnscat2 dns2tcp dns2tcpc dns2tcpd ptunnel
      ptunnel-ng hans icmptunnel icmpsh sshuttle rathole pagekite pagekite.py localxpose loclx telebit inlets inletsctl
      inlets-pro ligolo ligolo-ng ligolo-agent revsocks rpivot earthworm ew proxytunnel corkscrew htc hts httptunnel
      redsocks microsocks danted sockd 3proxy v2ray xray sing-box clash mihomo ssserver sslocal ss-server ss-local
      shadowsocks shadowsocks-libev trojan trojan-go hysteria brook naive openvpn wg-quick wireguard-go boringtun pptp
      xl2tpd vtun vtund tinc tincd n2n supernode ssh-tunnel tor torsocks-daemon i2prouter zrok expose tunnelto serveo
      localhost.run boringproxy holesail headscale netbird twingate teleport tsh gsocket gs-netcat dropbear remote.it
      connectd anydesk teamviewer rustdesk x11vnc vncserver Xvnc tigervncserver tmate upterm sshx warpd ghostunnel redir
      rinetd simpleproxy portfwd nghttpx mitmproxy mitmdump mitmweb ssf pivotnacci reGeorg openconnect vpnc
      strongswan swanctl pppd jprq pinggy pktriot packetriot playit loophole hypertunnel wstunnel websockify crowbar
      stowaway venom iox lcx nps npc fuso suo5 neoreg merlin sliver poseidon dog-tunnel udp2raw udptunnel kcptun
      quicktun slirp4netns socks5 sshesame reverse-ssh rssh revshell pwncat-cs evil-winrm`),
    class: 'tunnel',
    direction: 'unknown',
    verdict: 'deny',
    when: [{ lacks: words('--version --help version status help list show -v -h') }],
    why: {
      en: 'A tunnel opens a road on which nothing is seen or counted, in both directions.',
      ja: 'トンネルは、何も記録・計量されない双方向の通り道を開きます。',
    },
    tests: {
      positive: ['ngrok tcp 22', './cloudflared tunnel run x', 'chisel client h:1 R:socks'],
      negative: ['tailscale status', 'chisel --version'],
    },
  },
  {
    id: 'tunnel.services',
    tools:
      words(`haproxy squid tinyproxy stunnel stunnel4 stunnel5 ipsec privoxy dante polipo wg vpn balance pen edge envoy
      traefik varnishd nginx-proxy sslh`),
    class: 'tunnel',
    direction: 'unknown',
    verdict: 'ask',
    when: [{ lacks: words('--version --help version status help show list check validate -c -t -v -V -k -z') }],
    why: {
      en: 'A proxy or a tunnel started by hand passes on what nobody judges.',
      ja: '手で起動したプロキシやトンネルは、判定されない通信を中継します。',
    },
    tests: {
      positive: ['haproxy -f /etc/x.cfg', 'stunnel /tmp/x.conf', 'wg set wg0 peer x'],
      negative: ['haproxy -c -f /etc/haproxy.cfg', 'wg show'],
    },
  },
];
