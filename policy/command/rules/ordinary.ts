import { DESKTOP, HARDWARE, MACHINES } from './ordinary-platform.ts';
import { BUILDING, SHAPING } from './ordinary-tools.ts';
import { ACCOUNTS, DEVICES, FILES, INIT, NETWORK, PACKAGES, PROCESSES, SERVICES } from './ordinary-system.ts';
import { words } from './rule.ts';

/**
 * Programs that by themselves neither leave the host nor run what the gate cannot read. Whatever they are, a protected
 * path among their words is still a finding; and a program that stands nowhere in these lists needs a ticket.
 */

/** They show names, sizes, modes or dates, or change those, and never the content of a file. */
export const METADATA_ONLY = new Set(
  words(`ls ll la l dir vdir stat du df test [ [[ tree realpath readlink basename dirname lsattr getfacl getfattr
    mountpoint findmnt namei chmod chown chgrp touch mkdir rmdir rm unlink truncate find setfacl chattr chcon
    restorecon quota lsof fuser pwd mktemp type which whereis command true false ncdu exa eza lsd file`),
);

/** Filters that only show what they read: after one of these a list of names is still a list of names. */
export const SHOWING = new Set(
  words(`head tail wc sort uniq grep egrep fgrep less more cat column nl tac rev cut tr fold fmt pr expand unexpand awk gawk mawk sed
    tee`),
);

/** Shell builtins and reserved commands that are harmless as such. */
const BUILTINS =
  words(`: [ [[ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown
  echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd
  printf pushd pwd read readarray readonly return set shift shopt suspend test times trap true type typeset ulimit
  umask unalias unset wait`);

const COREUTILS = words(`arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum comm cp
  csplit cut date dd df dir dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id
  install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk
  pinky pr printenv printf ptx pwd readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum
  sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate
  tsort tty uname unexpand uniq unlink uptime users vdir wc who whoami yes hostname domainname dnsdomainname
  nisdomainname ypdomainname tree w which whereis whatis apropos man info mandb more less most zless lesskey pg
  ll la l`);

const TEXT = words(`awk gawk mawk nawk sed grep egrep fgrep zgrep bzgrep xzgrep rg ag ack agrep diff diff3 sdiff cmp
  colordiff patch xargs find locate mlocate plocate updatedb file strings hexdump hd xxd iconv dos2unix
  unix2dos jq yq xmllint xmlstarlet xsltproc csvtool csvcut csvlook column col colrm rev look tidy bat batcat pygmentize
  highlight source-highlight enscript aspell ispell hunspell spell m4 soelim zsoelim tbl eqn pic nroff troff groff
  gettext msgcat msgattrib msgconv msgfilter msgmerge msguniq msgfmt recode uconv uuencode uudecode base58 basez
  ascii85 ascii-xfr ascii bc dc units cal ncal calc figlet toilet banner cowsay fortune lolcat tput clear reset
  dialog whiptail zenity yad sponge ts pee vipe ifne pv pee combine isutf8 mispipe wdiff dwdiff icdiff fzf sk
  pandoc html2text w3m links elinks urlget lwp-request lwp-download lwp-dump lwp-mirror GET HEAD catdoc antiword
  pdftotext pdfinfo docx2txt hyperfine datamash miller mlr gron dasel htmlq pup xq tomlq wkhtmltotext espeak
  chsum nm objdump readelf size ldd addr2line c++filt as ld gcc g++ cc make cmake tic infocmp captoinfo`);

const ARCHIVE = words(`tar gtar bsdtar cpio pax ar zip unzip zipinfo zipnote zipsplit gzip gunzip zcat bzip2 bunzip2
  bzcat xz unxz xzcat xzless lzma unlzma zstd unzstd zstdcat lz4 lzop compress uncompress 7z 7za 7zr p7zip rar unrar
  lha arj pigz pbzip2 pixz lrzip brotli zipgrep genisoimage mkisofs isoinfo`);

const SYSTEM = words(`ps pgrep pkill pidof pidstat pidwait pmap pwdx pstree kill killall killall5 skill top htop atop
  btop glances free vmstat iostat mpstat sar sadf slabtop numastat nmon dstat iotop iftop nethogs tload uptime
  lscpu lsmem lsblk lsusb lspci lsmod lsns lsipc lslocks lslogins lshw lsof lsattr lsinitramfs lsscsi dmidecode
  inxi hwinfo screenfetch neofetch hwclock timedatectl hostnamectl localectl loginctl systemctl journalctl
  systemd-analyze systemd-cgls systemd-cgtop systemd-delta systemd-detect-virt systemd-escape systemd-path
  systemd-tmpfiles systemd-sysusers systemd-hwdb systemd-notify systemd-ac-power systemd-cat systemd-repart
  systemd-dissect systemd-creds systemd-cryptenroll systemd-id128 systemd-mount systemd-umount systemd-resolve
  systemd-firstboot systemd-machine-id-setup systemd-stdio-bridge  bootctl networkctl udevadm service chkconfig
  update-rc.d rc-service rc-update rc-status initctl invoke-rc.d runlevel telinit init shutdown reboot halt poweroff
  wall write mesg last lastb lastlog faillog faillock who ac sa lastcomm logger logrotate logsave dmesg
  sysctl modprobe modinfo depmod rmmod kmod swapon swapoff mkswap mount umount findmnt mountpoint losetup fdisk
  sfdisk cfdisk parted partprobe gdisk sgdisk blkid blockdev fsck e2fsck tune2fs resize2fs mkfs mkfs.ext4 mkfs.xfs
  xfs_repair xfs_info xfs_growfs dumpe2fs e2label badblocks hdparm smartctl nvme mdadm systemd-socket-activate purge pvs vgs lvs pvdisplay
  vgdisplay lvdisplay pvcreate vgcreate lvcreate lvextend lvremove vgextend lvresize pvresize dmsetup cryptsetup
  multipath zpool zfs btrfs xfs_db quota quotacheck quotaon repquota edquota setquota fstrim wipefs fallocate
  useradd usermod userdel groupadd groupmod groupdel gpasswd passwd chage chpasswd chfn pwck grpck adduser addgroup
  deluser getent id lslogins groups newusers setfacl getfacl setfattr getfattr chattr getcap setcap capsh semanage
  getenforce setenforce sestatus restorecon getsebool setsebool audit2why ausearch aureport auditctl aa-status
  apparmor_status ipcs ipcrm ipcmk taskset chrt renice ionice prlimit ulimit cpupower turbostat numactl
  ip ifconfig route arp netstat ss nmcli nmtui ethtool iw iwconfig bridge tc nstat ping ping6 fping traceroute
  tracepath mtr dig host nslookup resolvectl arping ipcalc sipcalc whoami iptables ip6tables nft iptables-save
  ip6tables-save ufw firewall-cmd fail2ban-client chronyc chronyd ntpq ntpdate ntpstat tcpdump tshark ifup ifdown
  dhclient dhcpcd rfkill  conntrack snmpwalk snmpget arpwatch vnstat nload
  dpkg dpkg-query dpkg-reconfigure apt apt-get apt-cache apt-mark apt-key apt-file apt-clone aptitude debconf-show
  rpm rpmquery yum dnf zypper pacman yay apk emerge snap flatpak brew needrestart debsums
  update-alternatives alternatives ldconfig locale localedef locale-gen update-grub grub-mkconfig mkinitcpio
  update-initramfs dracut tzselect update-client ar ranlib strip watch cron atq atrm crontab at batch
  mysqladmin mysqlcheck mysqlshow mysql_secure_installation mysqlimport mysqlslap mysqld pg_isready pg_ctl pg_ctlcluster
  pg_lsclusters pg_controldata vacuumdb reindexdb clusterdb createdb dropdb createuser dropuser pg_config
  pg_test_fsync mongostat mongotop redis-benchmark redis-server lsnrctl tnsping etcdutl
  apachectl apache2ctl httpd nginx a2ensite a2dissite a2enmod a2dismod varnishadm php-fpm certbot
  postfix postqueue postsuper postconf postmap mailq newaliases doveadm rabbitmqctl supervisorctl monit puppet
  chef-client salt-call salt-minion ansible ansible-doc ansible-galaxy ansible-inventory ansible-config ansible-vault
  ansible-lint ansible-playbook ansible-pull terraform helmfile docker-machine docker-compose docker podman nerdctl dockerd kubectl
  oc helm crictl ctr git ssh-keygen ssh-add ssh-agent ssh-keyscan gpg gpg2 openssl certtool keytool update-ca-certificates
  sqlite3 mysql psql exa md5 sha256 cksum sum crc32 rhash pwgen uuidgen mcookie openssl getconf getopt setterm chvt
  openvt deallocvt fgconsole kbdrate loadkeys setleds dumpkeys showkey consoletype rename prename cfv rvim rview rnano
  hwclock rtcwake isosize namei scriptreplay sg_scan sos sosreport zdump zic chpst sv sdparm
  ipset arptables ebtables nscd sss_cache realm adcli kinit klist kdestroy wbinfo net
  vmware-toolbox-cmd cloud-init dmsetup multipathd lldpcli lldpctl ipmitool racadm hponcfg smartd mcelog
  convmv detox inotifywait inotifywatch iwlist screendump lstopo tuned-adm x86info cpuid memtester stress
  stress-ng sysbench fio hdparm dosfsck exfatlabel fatlabel compress rpcinfo showmount nfsstat mountstats
  octave-cli go dotnet qmgr identify mediainfo ffprobe sysstat logname xdg-user-dir`);

const MEDIA_AND_BUILD =
  words(`mogrify convert mplayer mpv jar javac uuid symlinks samefile fromdos todos astyle ccze cpp
  indent ctags ps2pdf a2ps markdown composer npm yarn mvn gradle ant cmake ninja meson mmv replace zegrep zfgrep zdiff
  zcmp bzip2recover gnutar yargs launchctl sox flac lame oggenc mid3v2 mid3iconv jpegoptim optipng pngcrush fdupes
  jdupes rdfind lynx elinks links2 finger`);

const ORDINARY = new Set([
  ...METADATA_ONLY,
  ...SHOWING,
  ...BUILTINS,
  ...COREUTILS,
  ...TEXT,
  ...ARCHIVE,
  ...SYSTEM,
  ...MEDIA_AND_BUILD,
  ...DEVICES,
  ...INIT,
  ...PACKAGES,
  ...ACCOUNTS,
  ...PROCESSES,
  ...NETWORK,
  ...FILES,
  ...SERVICES,
  ...MACHINES,
  ...DESKTOP,
  ...HARDWARE,
  ...BUILDING,
  ...SHAPING,
]);

/** Where a program of an ordinary name is what the name says; elsewhere (`/tmp/ls`) it is an unknown program. */
const TRUSTED = /^(\/usr(\/local)?)?\/s?bin\/[^/]+$/;

/** Whether `name` is a bare name or stands in a directory of the system. */
export function isTrustedPlace(name: string): boolean {
  return !name.includes('/') || TRUSTED.test(name);
}

/** Whether the program named by `path` is known to be ordinary. */
export function isOrdinary(path: string): boolean {
  if (!path.includes('/')) return ORDINARY.has(path);
  return TRUSTED.test(path) && ORDINARY.has(path.slice(path.lastIndexOf('/') + 1));
}
