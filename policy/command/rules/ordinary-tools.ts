/**
 * Programs for building, reading and shaping files that neither leave the host nor run what the gate cannot read.
 * Names alone; what some of their options do stands in the rules.
 */
import { words } from './rule.ts';

/** Binary utilities, linkers, profilers that read files, documentation, checks of source text. */
export const BUILDING =
  words(`elfedit gold ld.bfd ld.gold ld.lld lld gprof gprofng gcov gcov-dump gcov-tool gcc-ar gcc-nm gcc-ranlib cpp dwp
  objcopy patchelf chrpath execstack paxctl scanelf pahole dwarfdump eu-readelf eu-nm eu-objdump eu-size
  eu-strip eu-addr2line eu-unstrip debugedit dwz sprof pldd prelink lddtree lddd libtool libtoolize autoconf
  automake aclocal autoheader autom4te autoscan autoupdate ifnames m4 bison yacc flex lex re2c gperf ragel
  pkg-config pkgconf ctest cpack cscope etags ctags-universal readtags global gtags cflow cproto cppcheck splint clang-format
  clang-tidy include-what-you-use astyle uncrustify indent llvm-config llvm-nm llvm-objdump llvm-readelf
  llvm-readobj llvm-size llvm-strings llvm-strip llvm-symbolizer llvm-dwarfdump llvm-cxxfilt llvm-ar llvm-ranlib llvm-cov
  llvm-profdata llvm-dis llvm-as llvm-bcanalyzer dsymutil FileCheck ms_print cg_annotate cg_diff cg_merge callgrind_annotate
  heaptrack_print massif-visualizer strace-log-merge bashbug shellcheck shfmt checkbashisms bashate dh_make debchange dch
 lintian linda debdiff dscverify dscextract debsign dpkg-buildflags dpkg-checkbuilddeps
  dpkg-distaddfile dpkg-genbuildinfo dpkg-genchanges dpkg-gencontrol dpkg-gensymbols dpkg-maintscript-helper
  dpkg-mergechangelogs dpkg-parsechangelog dpkg-shlibdeps dpkg-source dpkg-sig rpm2cpio rpm2archive rpmconf rpmdev-vercmp
  rpmdev-newspec rpmlint rpmspec rpmgraph spectool dpigs debman debfoster apt-forktracer
  aptitude-create-state-bundle gdebi deb-get apt-verify ppa-purge check-language-support check-dfsg-status vrms
 pacstrap pacgraph pkgfile mhwd mhwd-kernel reflector rankmirrors archlinux-java
  pacman-fix-permissions pacman-static yaourt aurman aura-bin abs asp downgrade informant arch-audit nixos-version
  nixos-option nix-channel nix-collect-garbage nix-store nix-hash nix-prefetch-url emerge-webrsync euse 
  qcheck qlop qsize quse prt-get pkginfo pkgadd pkgrm slapt-get sbopkg slackpkg netpkg tazpkg urpmf
  urpmi.update urpmi.addmedia rpmdrake zypper-log cnf command-not-found snapd snapctl   
  javap javadoc jdeps jdeprscan jlink jimage jinfo jps jstat jstack jfr serialver javac rmic
  update-java-alternatives gofmt golint staticcheck gopls godoc govulncheck goimports rustfmt   
  pylint flake8 pyflakes pycodestyle pydocstyle mypy pyright black isort ruff autopep8 yapf bandit vulture radon 
  py3clean py3compile py3versions pygettext3 2to3 jshint jslint 
 reek ri rdoc phpcs phpcbf phpmd phpdismod phpenmod phpquery perlcritic
  perltidy podchecker pl2pm h2ph h2xs corelist perlivp luacheck yamllint jsonlint csslint htmlhint markdownlint
  mdl vale proselint write-good checkmake hclfmt protolint buf-lint sqlfluff sqlformat pgformatter pg_format
  xmlformat tidyp cloc sloccount tokei scc gitk tig git-sizer onefetch diffoscope delta
  difft rpmdiff debdiff-apply dpkg-cross `);

/** Archives, pictures, documents, sums, clocks: a file in, a file or a text out. */
export const SHAPING =
  words(`bzip3 lrztar lrzuntar lrunzip rzip arc unarc unar lsar unace unrar-free dtrx atool als apack aunpack acat adiff
  cabextract cabinfo unshield innoextract unsquashfs mksquashfs sqfstar fuseiso squashfuse archivemount mkzftree
  zopfli zopflipng guetzli advzip advpng pngquant pngcrush oxipng jpegtran jhead exiftran webpmux webpinfo img2webp gif2webp gif2png
  avifenc avifdec cjxl djxl heif-convert heif-enc tiffinfo tiffcp tiffset tiffdump tiff2pdf rsvg-convert svgo potrace autotrace
  montage composite compare dcraw ufraw-batch pnmtopng pngtopnm
  pamtopng giftopnm jpegtopnm ppmtojpeg pnmscale g3topbm pbmtog3 img2txt jp2a cacaview aview asciiart
  qpdf pdftk pdfcrop pdfjam pdfnup pdfbook pdfxup pdfattach pdfdetach pdftoppm pdftocairo pdftops pdftohtml pdfsig
  pdfgrep pdfposter pdfsandwich ocrmypdf tesseract img2pdf mutool ps2pdf ps2ps pdf2ps ps2eps eps2eps psnup psbook
  psselect pstops dvips dvipdf dvipdfm kpsewhich mktexlsr texhash texdoc bibtex biber makeindex chktex lacheck
  asciidoctor asciidoc rst2html rst2man rst2pdf sphinx-quickstart mdcat glow multimarkdown cmark md2html
  ronn help2man txt2man unrtf rtf2html docx2pdf wvText xls2csv catppt ebook-convert ebook-meta odt2txt extractpdfmark
  zbarimg dmtxread dmtxwrite figlist jc jless jp jqp jd jsonnet jsonnetfmt yj yaml2json json2yaml xml2json toml2json hcl2json
  xidel xpath xmlsec1 xml2 2xml xsltproc saxon-lint csvsimple csvdiff tabulate xlsx2csv datamash
  sha1deep sha256deep whirlpooldeep tigerdeep rhash b3sum sha3sum sha512-256sum crc cksum par2 par2create par2verify
  par2repair ent dieharder rngtest haveged entropy xortool unhide unhide-tcp tripwire aide afick samhain
  integrit debsums clamconf clamdscan sigtool yara yarac lynis rkhunter tiger ossec-logtest usbrip
  progress pv cpipe throttle errno zrun lckdo lockfile lockfile-create lockfile-remove
 lockfile-touch dotlockfile leave remind calcurse when gcal ddate tzdiff dateadd datediff
  dateseq dateconv dround strptime uuid uuidparse uuidd makeid pwqgen pwqcheck pwmake pwscore cracklib-unpacker
  cracklib-format cracklib-packer create-cracklib-dict mkhomedir_helper unix_chkpwd unix_update pam_getenv lchage lgroupadd lgroupdel lgroupmod
  lid lnewusers lpasswd luseradd luserdel lusermod chntpw groups members whom ttyplot 
  termgraph spark sparklines asciigraph cmatrix sl nyancat pipes.sh genact neo-matrix cbonsai asciiquarium rig
 pom primes factor morse rot13 caesar ppt banner sysvbanner boxes cowthink ponysay toilet lolcat nms
 lsix lstr erd procs bottom btm zenith bpytop glances dust pdu dutree dysk duf dfc pydf di vizex
 duc jdupes fclones rmlint findimagedupes trash trash-list trash-empty
  trash-rm trash-cli gio-trash rmtrash safe-rm saferm shred srm wipe scrub nwipe bleachbit sfill sswap sdmem rename.ul file-rename perl-rename
 mmv brename ascii2uni uni2ascii uniname utfinfo unidesc unihist chardet chardetect uchardet enca enconv detox
  tabs fmt dos2unix mac2unix unix2mac flip fromdos todos recode man-recode catman preconv grops grotty grohtml neqn
  geqn gtbl gpic zsoelim bzmore xzmore logread logtool petit ccze grc grcat multilog tai64nlocal tai64n
 cronolog rotatelogs split-logfile savelog apachetop ngxtop ulogd webdruid
  fold-at isnormal lpstat lpq lprm lpinfo lpoptions cupsaccept cupsenable cupsdisable cupsreject cups-config cupstestppd
  cupstestdsc ippfind ppdc ppdi ppdhtml ppdmerge ppdpo scanimage sane-find-scanner anacron cronnext  
  timelimit sleepenh usleep inotifywait fatrace extrace execsnoop opensnoop biolatency biosnoop tcptop tcpconnect
  tcpaccept ext4slower runqlat cachestat cachetop filetop vfsstat funccount vmtouch fincore pcstat 
 chcpu lttng babeltrace babeltrace2 kernelshark stressapptest iozone bonnie++ dbench tiobench
  ioping numa-maps latencytop hardinfo hardinfo2 cpu-x cpuinfo
 keyctl request-key fscrypt aa-cleanprof aa-decode 
  aa-mergeprof aa-notify aa-remove-unknown aa-teardown aa-audit aa-autodep aa-easyprof aa-enabled secon setrans chcat
  avcstat getpidprofile sepolicy sepolgen selinuxexeccon setfiles restorecond semodule_expand semodule_link
  semodule_package semodule_unpackage checkmodule checkpolicy audispd auvirt aulast`);
