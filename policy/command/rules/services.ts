import { type Rule, words } from './rule.ts';

/** Clients of services that store, publish or back up what they are given. */
export const SERVICE_RULES: readonly Rule[] = [
  {
    id: 'send.cloud',
    tools:
      words(`aws gsutil gcloud az azcopy s3cmd s4cmd s5cmd mc mcli rclone oci ossutil ossutil64 coscli coscmd obsutil
      b2 b2v3 b2v4 swift openstack ibmcloud doctl linode-cli wrangler juicefs goofys s3fs gcsfuse blobfuse blobfuse2 bq
      snowsql databricks minio heroku netlify vercel firebase flyctl fly gh glab hub tea huggingface-cli dvc rbd s3put
      s3api s3-cli s3p boto-rsync aliyun tccli qiniu qshell upcloud hcloud scw exo civo eksctl sam cdk pulumi serverless sls
      supabase railway render backblaze-b2 wasabi storj uplink idrive filen internxt sakura-cloud usacloud nifcloud rados
      gsutil64 cf cfclient storcli-cloud mlflow wandb clearml modal azd dapr`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        verb: /^(cp|mv|sync|[a-z]?put|q?upload\d?|rsync|copy|copyto|move|moveto|upload|upload[-_](file|batch|dir)|put-object|upload-part|rcat|mirror|create|add|send|push|import|extract|export|share|transfer|publish|deploy|mount|serve|pipe|up|edit|unload|run|start-export-task|create-db-snapshot|copy-db-snapshot|modify-db-snapshot-attribute|invoke|publish-message|put-parameter|put-secret-value|send-message|insert|object|presign|mb|load|paste|bisync|bulk-upload|run-command|ssh|scp|exec|query|start-session|send-command|port-forward|tunnel|copy-snapshot|create-snapshot|restore|log|save|backup|snapshot|post|comment|get|cat)$/,
      },
      { expansion: 'any' },
      { fed: true },
    ],
    why: {
      en: 'This stores or publishes data with a service outside the system.',
      ja: 'システム外のサービスにデータを保管または公開する操作です。',
    },
    tests: {
      positive: [
        'aws s3 cp /tmp/a s3://b/',
        'rclone copy /opt remote:x',
        'az storage blob upload --file /tmp/a',
        'gh gist create /tmp/a',
      ],
      negative: ['aws sts get-caller-identity', 'rclone version'],
    },
  },
  {
    id: 'send.backup-programs',
    tools: words(`restic rustic borg borgmatic duplicity duplicati duplicacy kopia tarsnap bacula bconsole bareos amdump
      amanda rsnapshot rdiff-backup bup attic rdedup zbackup obnam dar proxmox-backup-client snebu duply vzdump zrepl syncoid
      sanoid btrbk bontmia backintime timeshift-autosnap backupninja burp urbackupclientctl dsmc nsrsave nbu bpbackup
      velero stash-backup knoxite conserve tarsnapper rdup vbackup deja-dup`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    values: words(`-r -R -p -c -f --repo --repository --repository-file --password-file --config --config-file
      --remote-path --cache-dir`),
    when: [
      // What is kept may be listed, and not what is in it.
      { verb: /^(?!(snapshots|list|info|check|stats|status|verify|version|help)$)./ },
      { bare: true, lacks: words('--version --help -V -h') },
    ],
    why: {
      en: 'A backup program takes whole directories to a place that is not protected.',
      ja: 'バックアッププログラムは、ディレクトリ全体を保護されていない場所へ運び出します。',
    },
    tests: {
      positive: ['restic -r sftp:h:/r backup /opt', 'duplicity /opt sftp://h/r', 'borg', 'restic dump latest /opt'],
      negative: [
        'restic --version',
        'borg --version',
        'restic -r /mnt/r snapshots',
        'borg list /mnt/r',
        'restic check',
      ],
    },
  },
  {
    id: 'send.block-streams',
    tools:
      words(`zfs btrfs drbdadm virsh qemu-img qemu-nbd vgexport partclone.ext4 partclone.xfs partimage fsarchiver dump
      restore xfsdump e2image debugfs ntfsclone clonezilla ocs-sr ddrescue dcfldd dc3dd xfs_copy xfs_metadump nbdcopy
      vmkfstools ovftool`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        verb: /^(send|receive|convert|dump|vol-download|migrate|clone|managedsave|savefs|-[0-9]\w*|-R|-c|-ra|cat .*|save|screenshot)$/,
      },
      { flags: ['-0', '-f', '-l', '-J'], lacks: ['-a', '-t'], word: /^\/dev\/|^\// },
    ],
    why: {
      en: 'This copies a file system or a disk image as a whole.',
      ja: 'ファイルシステムやディスクイメージを丸ごと複製します。',
    },
    tests: {
      positive: ['zfs send tank/crm@a', 'qemu-img convert a.qcow2 b.raw'],
      negative: ['zfs list', 'virsh list --all'],
    },
  },
  {
    id: 'send.git',
    tools: words('git'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    values: words('-C -c --git-dir --work-tree --namespace --config-env --exec-path --super-prefix'),
    when: [
      {
        sub: words(`push send-email paste scp upload-pack upload-archive daemon instaweb http-push send-pack imap-send p4
          ftp request sync-all`),
      },
      { sub: ['svn dcommit', 'bundle create', 'lfs push', 'annex copy', 'annex sync', 'subtree push', 'request-pull'] },
    ],
    why: {
      en: 'This sends a repository or parts of it to another place.',
      ja: 'リポジトリの全部または一部を外部へ送る操作です。',
    },
    tests: {
      positive: ['git push origin main', 'git -C /opt push', 'git send-email a.patch'],
      negative: ['git status', 'git pull --ff-only', 'git stash push -m x', 'git branch push'],
    },
  },
  {
    id: 'send.repositories',
    tools: words('hg svn bzr brz fossil jj git-annex git-lfs darcs cvs git-ftp git-crypt p4 sl got pijul gitlab-cli'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        verb: /^(push|commit|ci|import|serve|email|send|copy|sync|move|publish|submit|bundle|patchbomb|dump|bind|checkin)$/,
      },
      { expansion: 'output' },
    ],
    why: {
      en: 'This sends a repository or parts of it to another place.',
      ja: 'リポジトリの全部または一部を外部へ送る操作です。',
    },
    tests: {
      positive: ['hg push ssh://h/x', 'svn commit -m x', 'svn import /opt http://h/r'],
      negative: ['hg status', 'svn update'],
    },
  },
  {
    id: 'escape.git-options',
    tools: ['git'],
    class: 'interpreter',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      {
        word: /^(ext::|.*\b(core\.(pager|editor|sshcommand(?!=ssh( -[i46qvTp]( ?[\w.\/-]+)?)*$)|fsmonitor|hookspath|askpass|gitproxy)|textconv|credential\.helper|\w+tool\.\w+\.cmd)=)/i,
      },
      { word: /^core\.(pager|editor|sshcommand|fsmonitor|hookspath|askpass|gitproxy)$/i, sub: ['config'] },
      { flags: ['--upload-pack', '--receive-pack', '--exec'] },
      { word: /^alias\.[\w.-]+=!|^!/ },
    ],
    why: { en: 'These settings make git run another program.', ja: 'gitに別のプログラムを実行させる設定です。' },
    tests: {
      positive: ['git -c core.pager=sh log', 'git clone --upload-pack /tmp/x h:/r'],
      negative: ['git log --oneline', 'git config user.name x'],
    },
  },
];
