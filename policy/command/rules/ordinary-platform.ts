/**
 * Programs of platforms and desktops that neither leave the host nor run what the gate cannot read: machines, clusters,
 * schedulers, sessions, hardware. Names alone; what some of their options do stands in the rules.
 */
import { words } from './rule.ts';

/** Virtual machines, containers, clusters, batch schedulers: what they tell, and how they are set. */
export const MACHINES = words(`virt-install virt-xml virt-xml-validate virt-filesystems virt-df virt-ls
  virt-inspector virt-alignment-scan virt-resize virt-sparsify virt-format virt-log virt-diff virt-sysprep
  virtlogd virtlockd libvirtd qemu-ga kvm-ok kvm_stat xl xentop
  pveum pveperf pvereport pvesubscription pveceph pvestatd pve-firewall pvenode pmgconfig qmrestore ha-manager-status
  vmware-checkvm vmware-toolbox-cmd vmware-user VBoxClient VBoxControl lxc-create lxc-destroy lxc-config
  lxc-checkconfig lxc-top lxc-wait lxc-cgroup lxc-device lxc-snapshot lxc-autostart lxc-unshare lxd lxd-user
  minikube kind k3d k0s kops kubeadm kustomize kubeseal kubent kubescape kubectl-ns kubectl-ctx
  talosctl clusterctl istioctl linkerd cilium hubble calicoctl cmctl kompose krew popeye polaris trivy grype syft
  hadolint dockle docker-slim buildctl buildkitd runc crun youki conmon containerd-shim-runc-v2 ctop lazydocker
  packer terragrunt terraform-ls tfsec checkov infracost atlantis driftctl terrascan cfn-lint cdktf kitchen
  salt-key salt-run salt-master salt-cloud ansible-test chef knife ohai facter hiera puppetdb puppetserver
  cfengine cf-agent cf-promises cf-serverd mgmt itamae serverspec inspec goss testinfra molecule
  sacct sacctmgr scancel scontrol sdiag sinfo sprio squeue sreport sshare sstat strigger
  slurmctld slurmd slurmdbd slurmrestd qstat qdel qhost qconf qacct qalter qhold qrls qmod bjobs bkill bhosts bqueues
  condor_status condor_q condor_rm pbsnodes showq ceph ceph-volume ceph-osd ceph-mon ceph-authtool cephadm crushtool
  monmaptool osdmaptool gluster glusterd glusterfsd beegfs-ctl lctl lfs mmlscluster mmgetstate mmlsfs ocf_heartbeat
  pacemakerd corosync cibadmin crm_report crm_attribute crm_node crm_simulate cman_tool clustat keepalived ucarp drbdsetup
  drbdtop drbd-overview etcd zookeeper nomad-status boundary-status waypoint-status serf consul-template envconsul
  supervisord circusctl pm2-status god eye monitorix nagios4 icinga2 icingacli naemon mrtg cacti munin-run munin-check
  collectl netdata glances node_exporter blackbox_exporter prometheus alertmanager
  mysqld_exporter postgres_exporter cadvisor zabbix_server zabbix_proxy pgbench pg_virtualenv
  pg_updatedicts pgtune pg_activity pg_top pgbouncer pgpool pcp_node_info pcp_node_count mongod mongos mongotop
  redis-check-aof redis-check-rdb redis-stat memcached mariadbd mysql_install_db mysql_fix_extensions
  mysql_plugin mysql_ssl_rsa_setup mysql_waitpid myisamlog myisampack myisam_ftdump mysql_setpermission mariadb-install-db
  mariadb-check mariadb-secure-installation mariadb-plugin mariadb-slap pt-query-digest pt-duplicate-key-checker pt-summary
  pt-mysql-summary pt-stalk pt-diskstats pt-ioprofile pt-kill pt-online-schema-change gh-ost orchestrator proxysql maxscale`);

/** Sessions, screens, sound, input: a desktop's own settings. */
export const DESKTOP =
  words(`xrandr xset xsetroot xrdb xinput xmodmap xprop xwininfo xdpyinfo xlsclients xlsatoms xlsfonts xev
  xkill xhost xauth xrefresh xgamma xvinfo xdriinfo xeyes xclock xcalc xbacklight xgettext xfd xfontsel xcowsay xsetwacom
  setxkbmap xkbcomp xkbprint xkeystone xcmsdb xstdcmap xvidtune xfconf-query xfce4-power-manager gsettings dconf gconftool-2
  gnome-extensions gnome-session-quit gnome-software gnome-control-center gnome-shell gtk-query-settings gtk-update-icon-cache
  gio-querymodules glib-compile-schemas gapplication kreadconfig5 kwriteconfig5 kreadconfig6 kwriteconfig6 kscreen-doctor
  kpackagetool5 plasmashell balooctl kde-inhibit kcmshell5 cinnamon mate-panel lxpanel lxsession openbox fluxbox
  i3 i3-msg i3status i3lock i3lock-fancy swaymsg swayidle swaylock sway hyprctl hyprpm waybar polybar picom
  xcompmgr dunst dunstctl mako makoctl rofi wofi fuzzel dmenu bemenu wmctrl brightnessctl light blight ddcutil
  gammastep redshift wlsunset gummy wal feh nitrogen betterlockscreen blurlock slock xlock xautolock lightdm gdm3 sddm startx
  xinit xfwm4 autorandr arandr wlr-randr kanshi pactl pacmd pamixer pavucontrol pulseaudio pulsemixer alsactl
  alsamixer amixer alsaucm pw-cli pw-link pw-top pw-dump pw-metadata pw-mon wpctl wireplumber jackd jack_lsp qjackctl
  playerctl cmus mpc ncmpcpp mocp notify-send notify-desktop xdg-mime xdg-settings xdg-icon-resource xdg-desktop-menu
  xdg-desktop-icon xdg-screensaver xdg-user-dirs-update mimetype desktop-file-validate desktop-file-install
  update-desktop-database fc-list fc-pattern fc-cat fc-conflist fc-validate ibus ibus-setup fcitx5-remote fcitx-remote im-config
  localepurge setupcon console-setup kbd_mode setfont psfgettable showconsolefont unicode_start unicode_stop resizecons
  libinput evtest wev xte numlockx solaar piper ratbagctl bluetooth btmgmt boltctl powerprofilesctl
  xss-lock caffeine tracker3 updatedb zathura evince okular atril mupdf qpdfview
  viewnior nsxiv sxiv eog dm-tool switchdesk chvt kbdinfo plymouth plymouthd vlock physlock away
  speaker-test aplaymidi amidi vbetool setterm tabs tset toe infotocap clear_console zutty`);

/** Hardware, boot, kernels, drivers, disks and power that older lists do not hold. */
export const HARDWARE =
  words(`nvidia-smi nvidia-settings nvidia-xconfig nvidia-persistenced nvidia-modprobe nvtop gpustat radeontop
  intel_gpu_top intel_gpu_frequency rocm-smi rocminfo amdgpu_top clinfo vulkaninfo glxinfo glxgears eglinfo vainfo vdpauinfo
  cpufreq-aperf cpufreqd hddtemp hddfancontrol liquidctl ipmiutil ipmi-oem ipmi-fru bmc-watchdog ras-mc-ctl rasdaemon
  edac-util lm-profiler laptop_mode laptop-detect powerstat pm-suspend pm-hibernate pm-is-supported pm-powersave s2ram s2disk
  acpi_available acpi_listen acpidump acpixtract iasl spectre-meltdown-checker microcode iucode_tool intel-microcode
  vcgencmd raspi-config raspinfo raspistill rpi-eeprom-update rpi-eeprom-config rpi-update pinout gpioinfo gpiodetect gpioget
  gpioset i2cget i2cset i2cdump spi-config dtoverlay dtparam dtc fdtdump fdtget setserial
  kpartx gpart testdisk photorec foremost scalpel extundelete ext4magic safecopy wodim cdrecord cdrdao
  growisofs dvd+rw-mediainfo isohybrid blktrace blkparse btrace iowatcher bcachefs bcache make-bcache bcache-super-show
  mkfs.f2fs mkfs.erofs mkfs.nilfs2 mkfs.udf mkfs.reiserfs mkfs.jfs mkfs.hfsplus mkfs.bcachefs fsck.f2fs fsck.erofs
  fsck.exfat fsck.jfs fsck.reiserfs fsck.nfs fsck.hfsplus fsck.bcachefs resize.f2fs f2fsstat tune.exfat exfatlabel
  dosfslabel fatattr ntfslabel ntfs-3g ntfs-3g.probe ntfsundelete ntfscluster swapspace zramen zramstart compsize duperemove
  bees snapper timeshift zdb zed zinject zhack fscrypt fscryptctl stratis stratisd vdo vdostats vdoformats
  lvm lvm2 lvmetad lvmpolld lvmdevices lvmdbusd dmeventd dmraid dmsquash kpatch klp mdmon mdevctl sg_format sg_map26 sg_readcap
  sg_reset sg_start sg_turs sg_vpd sg_logs sg_modes lsiutil tw_cli mpt-status hpacucli hpssacli ssacli cciss_vol_status
  mt tapeinfo mtx loaderinfo stinit multipathd iscsi-iname iscsid iscsistart fcoeadm lsluns
  grub-bios-setup grub-file grub-fstest grub-glue-efi grub-kbdcomp grub-macbless grub-menulst2cfg grub-mkdevicemap grub-mkfont
  grub-mkimage grub-mklayout grub-mknetdir grub-mkrelpath grub-mkrescue grub-mkstandalone grub-mount grub-ntldr-img
  grub-render-label grub-script-check grub-syslinux2cfg grub2-editenv grub2-file grub2-mkimage grub2-mkpasswd-pbkdf2
  grub2-probe grub2-reboot grub2-script-check grub2-switch-bls-entry lilo liloconfig extlinux syslinux
  refind-install sbctl sbsign sbverify pesign efi-readvar efi-updatevar efitools kexec-tools kdump
  modprobed-db akmods dkms_autoinstaller module-assistant m-a genkernel eclean-kernel vkpurge linux-version
  linux-check-removal linux-update-symlinks kernelstub ukify dracut-install lsinitramfs unmkinitramfs booster mkosi os-prober
  switch_root pivot_root sulogin init-checkconf genfstab fstab-decode systemd-fstab-generator systemd-growfs systemd-makefs
  systemd-battery-check systemd-networkd-wait-online systemd-network-generator systemd-cryptsetup systemd-integritysetup
  systemd-veritysetup systemd-boot systemd-hibernate-resume systemd-backlight systemd-rfkill systemd-remount-fs
  systemd-sysctl systemd-modules-load systemd-vconsole-setup systemd-update-done systemd-update-utmp systemd-user-sessions
  systemd-mute-console systemd-timedated systemd-hostnamed systemd-localed
  systemd-udevd systemd-cgroups-agent systemd-binfmt systemd-fsck systemd-fsckd systemd-quotacheck systemd-random-seed
  systemd-tpm2-setup systemd-pcrextend systemd-bless-boot systemd-boot-check-no-failures systemd-debug-generator
  bpftool tpm2_getcap tpm2_pcrread tpm2_getrandom clevis-luks-list luksmeta
  usb_modeswitch uhubctl lsusb.py lspcmcia pccardctl setpci update-pciids update-usbids
  macchanger airmon-ng iwctl wpa_passphrase wpa_supplicant hostapd hostapd_cli ifmetric ipv6calc nmtui-connect
  nmtui-edit nmtui-hostname arp-scan arpscan netdiscover netselect vnstati vnstatd iptraf iptraf-ng jnettop
  tcptrack trafshow pktstat bwm-ng cbm speedometer ifpps darkstat ntopng tcpstat ethstats bandwhich dhcpdump dhcping dhcp-lease-list
  kea-admin kea-shell named-compilezone named-journalprint dnssec-keygen dnssec-signzone dnssec-settime
  dnssec-dsfromkey ldns-verify-zone rndc-confgen tsig-keygen`);
