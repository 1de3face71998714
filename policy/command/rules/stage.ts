import { type Reason, type Rule, words } from './rule.ts';

const WHY: Reason = {
  en: 'What is encrypted leaves without anybody being able to count who is in it.',
  ja: '暗号化されたデータは、誰の情報が含まれるかを数えられないまま持ち出せます。',
};
const INFO = words('--version --help -V -h');

const stage = (id: string, tools: string, when: Rule['when'], tests: Rule['tests']): Rule => ({
  id,
  tools: words(tools),
  class: 'stage',
  direction: 'none',
  verdict: 'ask',
  ...(when === undefined ? {} : { when }),
  why: WHY,
  tests,
});

/** Data made ready to leave: put under a lock by a password or for a recipient. A ticket where it is protected data. */
export const STAGE_RULES: readonly Rule[] = [
  stage(
    'stage.openssl',
    'openssl libressl',
    [
      {
        verb: /^(enc|(aes|aria|camellia|sm4|bf|cast5?|des3?|rc[245]|seed|idea)(-[\w-]+)?|chacha20)$/,
        never: /^(-d|-list|-ciphers|-help)$/,
      },
      { verb: /^(cms|smime|pkeyutl|rsautl)$/, word: /^-encrypt$/ },
    ],
    {
      positive: [
        'openssl enc -aes-256-cbc -in /tmp/a -out /tmp/b',
        'tar c /opt | openssl aes-256-cbc -pbkdf2 -out /tmp/b',
      ],
      negative: ['openssl enc -d -aes-256-cbc -in /tmp/b', 'openssl dgst -sha256 /tmp/a', 'openssl rand -hex 16'],
    },
  ),
  stage(
    'stage.encrypts',
    'gpg gpg2 gpgtar gpg-zip age rage',
    [{ flags: words('-c -e -r -R --symmetric --encrypt --encrypt-to --recipient --passphrase --hidden-recipient') }],
    {
      positive: ['gpg -c /tmp/a', 'age -r age1x -o /tmp/b /tmp/a', 'gpg --batch --symmetric /tmp/a'],
      negative: ['gpg --verify a.sig a', 'gpg --list-keys', 'age --version', 'gpg -d /tmp/a.gpg'],
    },
  ),
  stage('stage.locked-archives', '7z 7za 7zr 7zz p7zip rar', [{ verb: /^[auf]$/, word: /^-h?p/ }], {
    positive: ['7z a -psecret /tmp/a.7z /opt', 'rar a -hpx /tmp/a.rar /opt'],
    negative: ['7z a /tmp/a.7z /opt', '7z x -px /tmp/a.7z'],
  }),
  stage('stage.locked-zip', 'zip zipcloak', [{ flags: ['-P', '-e', '--encrypt', '--password'] }], {
    positive: ['zip -P secret /tmp/a.zip /opt/a', 'zip -re /tmp/a.zip /opt'],
    negative: ['zip -r /tmp/a.zip /opt', 'zip -q /tmp/a.zip /opt/a'],
  }),
  stage(
    'stage.ciphers',
    'ccrypt ccencrypt mcrypt aescrypt scrypt bcrypt encfs gocryptfs securefs cryfs',
    [
      { lacks: INFO, word: /./, never: /^-(d|-decrypt)$/ },
      { bare: true, lacks: INFO },
    ],
    {
      positive: ['ccrypt -e /tmp/a', 'ccencrypt /tmp/a', 'mcrypt /tmp/a'],
      negative: ['ccrypt -d /tmp/a.cpt', 'mcrypt --version'],
    },
  ),
];
