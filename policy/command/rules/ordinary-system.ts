/**
 * Programs of the base system, of its packages and of administration that neither leave the host nor run what the gate
 * cannot read. Names alone; what some of their options do stands in the rules.
 */
import { words } from './rule.ts';

/** util-linux, e2fsprogs, kmod, udev, block devices and file systems. */
export const DEVICES = words(`addpart blkdeactivate blkdiscard blkzone blkpr chcpu chmem choom colcrt colrm
  ctrlaltdel delpart e2freefrag e2mmpstatus e2scrub e2scrub_all e2undo e4crypt e4defrag filefrag fincore findfs fsck.btrfs
  insmod fsck.cramfs fsck.ext2 fsck.ext3 fsck.ext4 fsck.fat fsck.minix fsck.vfat fsck.xfs fsfreeze fusermount fusermount3
  hardlink irqtop isosize ldattach lsfd lsirq lslocks lsns lsmem lsscsi lsusb lspci lshw lsinitrd lsinitramfs lsmd
  mii-tool mke2fs mkfs.bfs mkfs.btrfs mkfs.cramfs mkfs.exfat mkfs.ext2 mkfs.ext3 mkfs.fat mkfs.minix mkfs.ntfs mkfs.vfat
  mklost+found mkdosfs newfs ntfsfix ntfsresize ntfsinfo nameif partx plipconfig readprofile resizepart
  rtcwake sfdisk slattach swaplabel tipc uclampset utmpdump wdctl wipefs zramctl zerofree dmstats lvmdump
  lvmdiskscan lvchange lvconvert lvmconfig lvreduce lvrename lvscan pvchange pvck pvmove pvremove pvresize pvscan
  vgcfgbackup vgcfgrestore vgchange vgck vgconvert vgimport vgmerge vgmknodes vgreduce vgremove vgrename vgscan vgsplit
  thin_check thin_repair cache_check era_check integritysetup veritysetup cryptdisks_start cryptdisks_stop xfs_admin
  xfs_bmap xfs_estimate xfs_freeze xfs_fsr xfs_logprint xfs_mdrestore xfs_ncheck xfs_quota xfs_rtcp xfs_scrub
  xfs_spaceman btrfsck btrfstune btrfs-find-root compsize duperemove f2fs_io zed zfs_ids_to_path
  arcstat arc_summary sg_inq sg_map sg_luns sg_ses sginfo sas2ircu storcli megacli perccli ssacli arcconf smartctl
  nvme fcinfo systool rescan-scsi-bus.sh multipath mpathconf mpathpersist ledctl ledmon eject hdparm
  growpart cloud-localds growfs fatresize mtools mdir mattrib mlabel mkswap sync rdblock weak-modules modules-update
  dkms mokutil efibootmgr efivar bootctl grub-install grub-set-default grub-reboot grub-editenv grub-probe
  grub-mkpasswd-pbkdf2 grub2-install grub2-mkconfig grub2-set-default grub2-editenv grubby kernel-install installkernel
  new-kernel-pkg mkinitrd dracut lsinitrd update-initramfs depmod sysfsutils usbreset usb-devices usbguard i2cdetect
  sensors sensors-detect fancontrol pwmconfig ipmi-sensors ipmi-sel bmc-info dmidecode biosdecode vpddecode ownership
  acpi acpid powertop tlp tlp-stat upower upsc upscmd upsrw apcaccess cpufreq-info cpufreq-set x86_energy_perf_policy`);

/** systemd and its like. */
export const INIT = words(`systemd systemd-ask-password systemd-tty-ask-password-agent systemd-sysext systemd-confext
  systemd-inhibit systemd-measure systemd-pcrlock systemd-pcrphase systemd-vpick systemd-keyutil
  systemd-sbsign systemd-bsod systemd-ac-power systemd-cgls systemd-cgtop systemd-delta systemd-detect-virt
  systemd-machine-id-setup systemd-notify systemd-path systemd-random-seed systemd-sysusers systemd-tmpfiles
  systemd-umount systemd-analyze systemd-firstboot systemd-id128 hostnamectl localectl timedatectl loginctl oomctl
  userdbctl homectl updatectl resolvconf systemd-resolve networkctl
  deb-systemd-helper deb-systemd-invoke insserv ntsysv rcconf policy-rc.d telinit sv svc svstat svok
  s6-svstat s6-svc s6-rc dinitctl openrc rc-config initctl start stop restart reload status
  loginctl dbus-monitor dbus-uuidgen dbus-cleanup-sockets pkaction pkcheck pkmon journalctl rsyslogd syslog-ng-ctl
  loggen logtail logtail2 logwatch logcheck savelog logtop awstats webalizer`);

/** Packages: Debian, Red Hat, SUSE, Arch, Alpine, language tools that only ask. */
export const PACKAGES = words(`add-apt-repository apt-add-repository apt-cdrom apt-config apt-ftparchive apt-get
  apt-listbugs apt-listchanges apt-rdepends apt-show-versions apt-sortpkgs apt-extracttemplates apt-mark apt-spy
  apt-moo apt-install apt-list aptitude-curses auto-apt check-support-status debconf
  debconf-escape debconf-set-selections debconf-show deborphan debtree debsecan deb-gview dctrl-tools
  dlocate dpkg-architecture dpkg-deb dpkg-divert dpkg-fsys-usrunmess dpkg-name dpkg-preconfigure
  dpkg-realpath dpkg-repack dpkg-scanpackages dpkg-scansources dpkg-split dpkg-statoverride dpkg-trigger dpkg-vendor
  dselect grep-available grep-dctrl nala popularity-contest synaptic tasksel ucf ucfq ucfr
  unattended-upgrade unattended-upgrades update-manager-core wajig do-release-upgrade ubuntu-security-status pro ua
  ubuntu-drivers hwe-support-status rpmdb rpmkeys rpmquery rpmsign rpmspec rpmverify repoquery reposync repoclosure
  repo-query yumdownloader yum-config-manager yum-complete-transaction package-cleanup needs-restarting
  subscription-manager rhn_check rhnreg_ks insights-client dnf5 dnf-automatic microdnf rpm-ostree ostree bootc
  createrepo createrepo_c modifyrepo urpmi urpme urpmq zypper-lifecycle SUSEConnect SUSEConnectd transactional-update
  pacman-conf pacman-db-upgrade pacman-key pacman-mirrors pacdiff paccache pactree pacsort checkupdates expac
  paru pikaur aura trizen pamac octopi xbps-install xbps-query xbps-remove xbps-pkgdb eopkg swupd equery eix emaint eselect
  etc-update revdep-rebuild qlist qfile apk-tools opkg ipkg slackpkg installpkg removepkg upgradepkg pkg
  pkg_add pkg_delete pkg_info pkgin flatpak snap pkcon appstreamcli update-java-alternatives update-locale update-passwd
  update-shells update-xmlcatalog update-catalog update-desktop-database update-icon-caches update-mime-database
  update-ca-trust update-crypto-policies fips-mode-setup authselect authconfig pam-auth-update select-editor
  needrestart checkrestart lsb_release lsb-release hwinfo inxi screenfetch neofetch fastfetch pfetch hostinfo sw_vers`);

/** Accounts, access rights, names, keys. */
export const ACCOUNTS = words(`add-shell remove-shell chgpasswd cppw cpgr delgroup groupmems grpconv grpunconv pwconv
  pwunconv pwhistory_helper faillock pam_tally2 pam_timestamp_check nologin shadowconfig getpcaps getcap setcap
  lslogins lastlog2 wtmpdb cvtsudoers sudoreplay newuidmap newgidmap subid getsubids usernetctl
  sss_override sssctl sss_ssh_authorizedkeys ipa ipa-getkeytab samba-tool smbpasswd pdbedit smbstatus testparm nmblookup
  wbinfo ntlm_auth klist kvno ktutil chacl nfs4_getfacl nfs4_setfacl aa-enforce
  aa-complain aa-disable aa-logprof aa-genprof aa-unconfined apparmor_parser seinfo sesearch audit2allow
  semodule sealert matchpathcon fixfiles selinuxenabled getseuser usermode oathtool google-authenticator
  makepasswd mkpasswd apg xkcdpass diceware openssl-passwd htpasswd htdigest gpgconf gpgsm gpgv gpgsplit
  dirmngr-client gpg-agent pinentry addgnupghome applygnupgdefaults c_rehash update-ca-certificates trust p11-kit certutil
  pk12util jarsigner ssh-argv0 ssh-keygen dropbearkey puttygen pwdx age-keygen minisign signify cosign `);

/** Processes, kernel, performance. */
export const PROCESSES =
  words(`killall killall5 pgrep pkill pidwait pidof skill snice slabtop tload vmstat uptime prtstat
  pslog peekfd pstree.x11 fuser numastat numad cgget cgset cgcreate cgdelete cgclassify cgsnapshot lscgroup lssubsys
  cgxget systemd-cgtop iostat mpstat pidstat sar sadf tapestat cifsiostat nfsiostat nfsiostat-sysstat dstat
  pmstat pmrep atop atopsar htop btop bpytop gtop nmon iotop iotop-c iftop nethogs nload bmon
  slurm vtop bashtop powerstat turbostat tuned tuned-adm irqbalance ksmtuned latencytop
  rt-tests cyclictest kernelshark perf-archive opreport btt bcc-tools pmap
  smem smemstat ps_mem earlyoom free oom_score pwdx getconf sysctl kmod lsmod modinfo modprobe depmod dmesg kdump-config
  kdumpctl abrt abrt-cli sosreport journalctl coredumpctl uname arch nproc lscpu cpuid lstopo-no-graphics`);

/** Networks of the host: what they look like and how they are set. */
export const NETWORK = words(`arp arpd ipmaddr iptunnel rarp genl lnstat nstat rtacct rtmon routel routef ctstat rtstat
  ss rdma dcb devlink vdpa tipc bridge ifstat ifquery ifrename ifenslave ifplugstatus ethtool mii-tool brctl
  ovs-vsctl ovs-ofctl ovs-appctl ovn-nbctl ovn-sbctl vconfig teamdctl teamnl bmon hostid hostname iwgetid iwpriv iwspy
  wavemon rfkill bluetoothctl hciconfig nmcli nmtui nm-online networkctl netplan wicked ifcfg ifreload ifup ifdown
  dhclient dhcpcd udhcpc dhcping resolvconf unbound-control unbound-checkconf unbound-host rndc named-checkconf
  named-checkzone dnssec-verify nsd-control nsd-checkconf pdnsutil pdns_control getent avahi-browse
  avahi-resolve avahi-resolve-address avahi-resolve-host-name mdns-scan ntpdc ntptrace sntp chronyc timedatectl phc2sys
  ptp4l pmc ethstatus iptstate conntrackd ebtables-save arptables-save iptables-restore ip6tables-restore
  iptables-apply shorewall csf fwupdmgr pfctl ufw fail2ban-regex denyhosts sshguard crowdsec cscli
  lldpcli lldpctl cdpr snmpget snmpgetnext snmpbulkget snmpbulkwalk snmptranslate snmptable snmpstatus snmpdf
  nbtscan nbstat smbtree rpcinfo showmount nfsconf nfsdclnts nfsdctl ypwhich nfsidmap nfsstat mountstats`);

/** Text, files, documents, pictures. */
export const FILES = words(`bzcmp bzdiff bzegrep bzfgrep bzexe colcrt compress ul ptx funzip gzexe lz4c lz4cat unlz4
  lzcat lzcmp lzdiff lzegrep lzfgrep lzgrep lzmainfo pzstd pbzip2 pigz unpigz pixz lbzip2 plzip lzip zforce znew zipcloak
  zipdetails zipgrep zipinfo zipnote zipsplit xzcmp xzdiff xzegrep xzfgrep zstdgrep zstdmt ptardiff ptargrep
  md5sum.textutils shasum cksfv hashdeep md5deep sha256deep b3sum xxhsum xxh64sum xxh128sum xxh32sum crc32c hmac256 rgrep
  pcregrep pcre2grep sift ack-grep fd fdfind plocate-build lolcat figlet toilet cowsay banner cal ncal gcal when
  units bc numdiff wdiff dwdiff delta icdiff vbindiff cmpdir dirdiff combinediff interdiff filterdiff
  lsdiff splitdiff diffstat ex-diff rev json_pp gron jo jid fx xq yq dasel csvkit csvclean csvgrep csvsort
  csvstat csvjoin csvstack csvformat in2csv xsv qsv xan datamash antiword catdoc docx2txt odt2txt pdftotext
  pdfinfo pdfimages pdfunite pdfseparate pdffonts ps2ascii detex untex html2text lesspipe lessecho
  lessfile lesskey manpath lexgrog pod2man pod2text pod2usage podchecker grog xgettext msgcmp msgcomm msgen
  msggrep msginit msgunfmt envsubst gettext ngettext piconv recode-sr-latin iconvconfig nkf qkc kakasi mecab chasen
  identify exiv2 jpeginfo jpegtran pngcheck gifsicle optipng cwebp dwebp ffprobe mediainfo soxi flacinfo
  metaflac id3v2 id3info eyeD3 mp3info vorbiscomment tempfile mkfile truncate filefrag fallocate renice
  fc-cache fc-match fc-scan fc-query gendict pathchk pwdx symlinks trash-put trash-restore
  rmlint czkawka detox convmv tmpreaper tmpwatch agedu ncdu gdu dust dua duf dutree diskus`);

/** Daemons' own control programs and checks; clusters and containers that only tell. */
export const SERVICES =
  words(`a2query a2enconf a2disconf apachectl apache2 nginx-debug varnishlog varnishstat varnishtop
  varnishncsa varnishhist haproxyctl corosync-cfgtool corosync-quorumtool crm_mon
  crm_resource crm_verify crmadmin pcs crm stonith_admin drbdmon ha-manager pvecm pveversion
  pvesm pveum virt-top virt-what virt-host-validate xenstore-ls
  rabbitmq-diagnostics rabbitmq-plugins rabbitmq-queues rabbitmq-upgrade kafka-topics kafka-topics.sh kafka-configs
  kafka-consumer-groups kafka-consumer-groups.sh kafka-broker-api-versions zkServer.sh zkServer memcstat
  -aof -rdb redis-sentinel mysql_tzinfo_to_sql mysql_upgrade mysql_config_editor mysql_config
  mysqld_safe mysqldumpslow mysqltuner mysqlrouter my_print_defaults mariadb-admin mariadb-show
  mariadb-upgrade mariadb-tzinfo-to-sql perror resolveip innochecksum myisamchk aria_chk galera_new_cluster
  pg_archivecleanup pg_checksums pg_createcluster pg_dropcluster pg_renamecluster pg_conftool pg_buildext pg_resetwal
  pg_rewind pg_upgrade pg_upgradecluster pg_verifybackup pg_test_timing pg_amcheck pg_combinebackup pg_restore initdb
  vacuumlo oid2name pgbadger repmgr patronictl lsnrctl srvctl opatch db2level db2start
  db2stop db2ilist db2pd db2greg pdls pddbls pdstart pdstop rdbstart rdbstop elasticsearch-plugin kibana-plugin
  grafana-cli promtool amtool zabbix_get zabbix_agentd
  nagios nagiosstats check_nrpe check_disk check_load check_procs munin-node-configure collectd
  collectdctl postalias postlog
  postmulti dovecot doveconf exiqgrep exigrep eximstats exinext mailgraph opendkim-testkey
  sa-update freshclam clamscan clamdscan clamdtop rkhunter chkrootkit lynis aide ossec-control
  osqueryctl auditctl augenrules aulast aulastlog ausyscall oscap
  kubeadm kubectx kubens k3d stern kubeval kubeconform kube-score crictl etcdhealth
  docker-machine dockerd docker-init containerd containerd-shim podman-remote
  lxc-ls lxc-start lxc-stop lxc-freeze lxc-unfreeze lxc-monitor terraform-docs
  tflint puppet-lint
  traceroute6 tracepath6 `);
