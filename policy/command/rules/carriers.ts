import { type Rule, words } from './rule.ts';

const INFO = words('--version --help -V version help');
const LISTS = words('-L --list -l --list-devices -a --list-available --identify');
const ALWAYS: Rule['when'] = [
  { lacks: INFO, word: /./ },
  { bare: true, lacks: INFO },
];

/** Roads out of a host by less usual carriers: devices, remote desktops, stores, reports, chats. */
export const CARRIER_RULES: readonly Rule[] = [
  {
    id: 'send.devices',
    tools:
      words(`obexctl bt-obex obexpush obex_push ussp-push bluetooth-wizard blueman-sendto gammu mmcli sendfax sendpage efax
      faxmodem hylafax fax faxsetup mtp-sendfile mtp-getfile mtp-connect aft-mtp-cli aft-mtp-mount simple-mtpfs jmtpfs
      go-mtpfs mtpfs android-file-transfer ifuse idevicebackup idevicebackup2 gphoto2 gphotofs fastboot xmodem ymodem
      xmodem-send kdeconnect-cli kdeconnect-handler gatttool hcidump adb-sync ampy mpremote rshell esptool avrdude
      pilot-xfer jlink flashrom`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: [...INFO, ...LISTS], word: /./ }, { bare: true, lacks: [...INFO, ...LISTS] }, { fed: true }],
    why: {
      en: 'This passes data to a telephone, a fax, a modem or another device.',
      ja: '電話、ファクス、モデムなどの機器へデータを渡します。',
    },
    tests: {
      positive: ['bt-obex -p phone /tmp/a', 'kdeconnect-cli --share /tmp/a -n phone'],
      negative: ['gammu --version', 'kdeconnect-cli --list-devices'],
    },
  },
  {
    id: 'tunnel.remote-desktop',
    tools:
      words(`xfreerdp xfreerdp3 wlfreerdp sdl-freerdp rdesktop remmina vncviewer xtightvncviewer tigervncviewer spicy
      remote-viewer x2goclient nxplayer krdc vinagre wayvnc krfb xpra nxserver x2goserver freerdp-shadow-cli x0vncserver
      vino-server tightvncserver turbovnc waypipe sunshine moonlight parsec dwagent dwservice meshagent meshcmd
      screenconnect splashtop nomachine guacamole teleconsole tty-share warp-share gotop-share telepresence kubefwd
      kubevpn ktunnel okteto mirrord nocalhost`),
    class: 'tunnel',
    direction: 'unknown',
    verdict: 'deny',
    when: ALWAYS,
    why: {
      en: 'A shared screen or network opens a road on which nothing is seen or counted.',
      ja: '画面や通信の共有は、何も記録・計量されない通り道を開きます。',
    },
    tests: {
      positive: ['xfreerdp /v:10.0.0.9 /drive:x,/tmp', 'telepresence connect'],
      negative: ['rdesktop --version', 'xpra help'],
    },
  },
  {
    id: 'send.stores',
    tools:
      words(`maestral grive overgrive odrive pcloudcc megasync mega-export mega-get nextcloudcmd owncloudcmd occ-sync
      resilio-sync rslsync seaf-cli seaf-daemon gfal-copy gfal-cp gfal-save gfal-cat xrdcp xrdfs uberftp hsi htar iput
      iget irsync icp irepl wput ftpput ftpget davs davix-put davix-get mutagen ksync rpcclient smbmap smbserver.py
      impacket-smbserver impacket-smbclient smbclient.py nxc netexec crackmapexec cme psexec.py wmiexec.py bitsadmin
      cbftp fusesmb smbnetfs afpfs-ng mount_afp s3fs gcsfuse goofys blobfuse blobfuse2 ceph-fuse glusterfs sshfs-win
      encfs-remote catfs mountpoint-s3 mount-s3 geesefs google-drive-ocamlfuse rclone-browser cyberduck gsutil-rsync
      transmission-cli transmission-daemon rtorrent ctorrent mktorrent webtorrent deluge deluge-console deluged
      qbittorrent qbittorrent-nox btfs peerflix ipfs-cluster-ctl gfal-put dav-put curl-upload putfile zpaq-remote
      ttcp nttcp nuttcp mausezahn mz packit scapy ostinato udt_sendfile thrulay netsniff-ng trafgen curvetun cpan-upload
      wf-recorder wl-screenrec simplescreenrecorder synapse-cli dx dx-upload-all-inputs basemount irods ascli pelican stashcp onedata`),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: ALWAYS,
    why: {
      en: 'This exchanges files with a store or with other hosts.',
      ja: '保管サービスや他のホストとの間でファイルをやり取りします。',
    },
    tests: {
      positive: [
        'gfal-copy /tmp/a davs://x.example/a',
        'iput /tmp/a',
        's3fs bucket /mnt',
        'nextcloudcmd /tmp https://x',
      ],
      negative: ['maestral --version', 'cp /tmp/a /mnt/a'],
    },
  },
  {
    id: 'send.torrents',
    tools: ['aria2c'],
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: [{ word: /\.torrent$|^magnet:|^--(on-[\w-]+|enable-rpc|seed-\w+|torrent-file|bt-[\w-]+)|^-T/ }],
    why: {
      en: 'A swarm gives out what it is given, and its hooks run other programs.',
      ja: 'ファイル共有網への配布や、フックによる別プログラムの実行につながります。',
    },
    tests: {
      positive: ['aria2c /tmp/a.torrent', 'aria2c --on-download-complete=/tmp/x http://x.example/a'],
      negative: ['aria2c --version', 'aria2c https://x.example/a.iso'],
    },
  },
  {
    id: 'send.support-reports',
    tools:
      words(`insights-client apport-cli apport-bug apport-collect ubuntu-bug reportbug whoopsie redhat-support-tool supportconfig sos sosreport
      datadog-agent sentry-cli`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        word: /^(--upload(-.*)?|-U|flare|send\w*(-.*)?|upload\w*(-.*)?|add-?attachment|addcomment|--save|-A|--attach.*)$/,
      },
    ],
    why: {
      en: 'A report for a vendor carries files of this host to the vendor.',
      ja: 'ベンダーへの報告は、このホストのファイルを外部へ送ります。',
    },
    tests: {
      positive: ['sos report --upload', 'redhat-support-tool addattachment -c 1 /tmp/a', 'datadog-agent flare'],
      negative: ['sos report --batch', 'datadog-agent status'],
    },
  },
  {
    id: 'send.bug-reports',
    tools: words('abrt-cli report-cli reporter-upload reporter-ureport reporter-mailx reporter-rhtsupport'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ word: /^(report|e|-[drcu])$/ }],
    why: {
      en: 'A report for a vendor carries files of this host to the vendor.',
      ja: 'ベンダーへの報告は、このホストのファイルを外部へ送ります。',
    },
    tests: {
      positive: ['abrt-cli report /var/spool/abrt/x', 'reporter-upload -d /tmp/x'],
      negative: ['abrt-cli list', 'abrt-cli info x'],
    },
  },
  {
    id: 'send.reporters',
    tools: words('insights-client apport-cli apport-bug apport-collect ubuntu-bug reportbug whoopsie'),
    class: 'offhost',
    direction: 'out',
    verdict: 'ask',
    when: [{ lacks: [...INFO, '--status', '--check-results', '--no-upload', '--test-connection', '--offline'] }],
    why: {
      en: 'A report for a vendor carries files of this host to the vendor.',
      ja: 'ベンダーへの報告は、このホストのファイルを外部へ送ります。',
    },
    tests: {
      positive: ['insights-client', 'ubuntu-bug bash'],
      negative: ['insights-client --status', 'reportbug --version'],
    },
  },
  {
    id: 'send.chat-clients',
    tools: words(`irssi weechat weechat-headless sic ii tiny catgirl profanity finch pidgin poezio gajim dino mcabber
      bitlbee senpai tut toot twurl twterm rainbowstream t madonctl bsky discord discord-cli discordo slack-term
      mattermost mattermost-cli mmctl matterhorn gomuks iamb element-cli zulip-send zulip-term telegram-desktop nchat
      wechat-cli teams-cli msteams linecli chatwork-cli backlog jira jira-cli acli confluence-cli redmine-cli trello-cli
      asana-cli notion-cli evernote-cli geeknote standard-notes thunderbird evolution claws-mail sylpheed kmail balsa
      trojita cone fpaste nopaste pbin bpaste pastebin-cli hastebin-client carbon-now-cli cb nb-share bat-share
      xdg-email kmail-send ytalk ntalk talk utalk`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: ALWAYS,
    why: {
      en: 'What is written or attached there reaches people and servers outside.',
      ja: '書き込みや添付の内容が、外部の人やサーバーに届きます。',
    },
    tests: {
      positive: ['fpaste /tmp/a', 'irssi', 'jira attach add X-1 /tmp/a'],
      negative: ['irssi --version', 'toot --help'],
    },
  },
  {
    id: 'send.print-files',
    tools: words('lp lpr rlpr lpr-cups lpr-bsd lpmove'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ word: /^[^-]/, lacks: ['--version', '--help'] }],
    why: {
      en: 'What is printed leaves on paper or at another printer server.',
      ja: '印刷した内容は紙や別の印刷サーバーとして外へ出ます。',
    },
    tests: { positive: ['lp a.txt', 'lpr -# 2 a.txt'], negative: ['lp --help', 'lpstat -t'] },
  },
  {
    id: 'send.sinks',
    tools: words('gst-launch-1.0 gst-launch vlc cvlc mpv mplayer mencoder'),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: [
      {
        word: /^(\w*sink|--?sout.*|--stream-(dump|record).*|--startstreaming|-dumpstream|(rtmp|rtmps|srt|tcp|udp|http):.*)$/,
      },
    ],
    why: {
      en: 'Sound and video programs can stream what they read to another host.',
      ja: '音声・映像プログラムは、読み込んだ内容を外部へ配信できます。',
    },
    tests: {
      positive: ['gst-launch-1.0 filesrc location=/tmp/a ! tcpclientsink host=h', 'vlc /tmp/a --sout x'],
      negative: ['mpv /tmp/a.mp4', 'vlc --version'],
    },
  },
  {
    id: 'send.log-daemons',
    tools: words('rsyslogd syslog-ng systemd-journal-upload otelcol otelcol-contrib grafana-agent fluentbit'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ flags: ['-f', '--cfgfile', '--config', '-u', '--url', '-c'] }],
    why: {
      en: 'A log program with settings of its own sends what it reads to any server.',
      ja: '独自の設定を与えたログプログラムは、読み込んだ内容を任意のサーバーへ送れます。',
    },
    tests: {
      positive: ['rsyslogd -f /tmp/x.conf', 'systemd-journal-upload -u https://x.example'],
      negative: ['rsyslogd -N1', 'syslog-ng --version'],
    },
  },
  {
    id: 'listen.gateways',
    tools: words(`systemd-journal-gatewayd systemd-journal-remote smbserver samba rstudio-server tgtd tgtadm krfb-server
      uploadserver netatalk minidlna gerbera jellyfin plexmediaserver icecast2 motion mjpg_streamer avahi-publish
      avahi-publish-service avahi-publish-address dns-sd`),
    class: 'listen',
    direction: 'out',
    verdict: 'deny',
    when: ALWAYS,
    why: {
      en: 'A listening program lets others fetch what nobody judges or counts.',
      ja: '待ち受けプログラムは、判定も計量もされない取り出しを外部に許します。',
    },
    tests: {
      positive: ['systemd-journal-gatewayd', 'avahi-publish -s x _http._tcp 80'],
      negative: ['systemd-journal-remote --version', 'samba --help'],
    },
  },
  {
    id: 'send.socket-clients',
    tools: words(`wscat websocat gnutls-cli netperf uperf
      iperf iperf3`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ fed: true }, { flags: ['-F', '-x', '--execute', '--fill-data', '--file'] }, { word: /^wss?:/ }],
    why: {
      en: 'A bare socket carries any bytes to any host.',
      ja: 'ソケットを直接開き、任意のデータを任意のホストへ送れます。',
    },
    tests: {
      positive: ['wscat -c ws://x.example', 'gnutls-cli h < /tmp/a', 'iperf3 -F /tmp/a -c h'],
      negative: ['wscat --version', 'iperf3 --version'],
    },
  },
];
