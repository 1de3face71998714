/** What `sekisho help` says. */
import { VERSION } from './version.ts';

export const HELP = `sekisho ${VERSION}: a privileged-access gateway with an export-approval workflow

  sekisho serve                      run the gateway (demo mode unless a configuration says production)
  sekisho reload                     give new connections to new workers, with the program and configuration of now;
                                     no session ends
  sekisho tour [--exit]              see the whole story on this machine: an export refused, approved, recorded, proven
  sekisho search rebuild [--data DIR]
                                     make the search index of the recordings anew; the gateway that runs does it
  sekisho verify SESSION [--identity F] [--policy FILE] [--json] [--data DIR]
                                     check a recording against the signed log; needs no gateway and, with --data, no
                                     configuration; with the age identity of a recipient what is sealed is read too;
                                     exit status as for a bundle
  sekisho verify BUNDLE.zip [--policy FILE] [--held CHECKPOINT]… [--submitter HEX]… [--json]
                 [--from TIME --to TIME | --session ID…]
                                     check an evidence bundle by the policy you hold and what your witness cosigned;
                                     exit status 0 VERIFIED, 1 TAMPERED, 2 INCOMPLETE, 3 VERIFIED-UNWITNESSED
  sekisho bundle --out FILE.zip (--session ID… | --ticket N | --from TIME --to TIME)
                 [--screen] [--recipient age1…]… [--identity FILE] [--policy FILE] [--data DIR]
                                     everything an outsider needs to check these, in one file; --screen leaves out
                                     what was typed, --recipient adds keys and names for the receiver
  sekisho judge --policy FILE [--sql] [--json] 'COMMAND'
                                     what the gate would answer, and why; exit status 0 allow, 3 ask, 2 deny
                                     (a ticket may open it), 1 not judged; needs no gateway
  sekisho judge --policy FILE --jsonl
                                     one {"command": "…"} a line from standard input, one answer a line, in order
  sekisho rejudge SESSION --policy FILE [--before FILE] [--data DIR]
                                    [--identity F] [--json]
                                     what another policy would have answered to a recorded session; exit status 4 when
                                     something differs; what was answered then comes from the gateway's database or,
                                     with --before, from the policy of then
  sekisho doctor [--person LOGIN] [--json]
                                     check this gateway and every target of its inventory, and say what to do next;
                                     --person signs in as that person at each target open to them and runs nothing
  sekisho doctor --as-maintainer https://…|HOST:PORT [--directory D] [--json]
                                     on your own machine: check the way to a bastion, your ssh and your keys
  sekisho authority [user|host|login] [--data DIR]
                                     print the public lines of this gateway's certificate authorities: what targets
                                     and clients are to trust; with --data it needs no configuration
  sekisho authority rotate user|login announce | switch | forget [--data DIR]
                                     exchange the key of an authority in three steps; both keys are trusted in between
  sekisho keys list | rotate [--as LOGIN]
  sekisho keys rewrap SESSION… --as LOGIN [--identity F]
  sekisho keys hold | release SESSION… --as LOGIN --reason TEXT
  sekisho keys shred SESSION… --as LOGIN --reason TEXT --basis TEXT [--stream screen|keystrokes]
                                     what becomes of the keys of recordings: to whom they are wrapped, a new identity of
                                     the console, old ones wrapped to the recipients of now, legal holds, and erasure,
                                     which a second person approves in the console; outsiders read reason and basis
  sekisho login [URL] [--directory D] [--write]
                                     on your own machine: sign in by browser for some hours, and let plain ssh use it;
                                     --write adds one Include line to ~/.ssh/config
  sekisho logout [--directory D]     revoke that sign-in and delete its files
  sekisho targets                    where you may work, and as whom
  sekisho tickets [NUMBER] [--box mine|inbox|all]
                                     your tickets, those that wait for you, or one of them whole
  sekisho request access TARGET… --purpose TEXT --plan TEXT [--hours N]
  sekisho request export LINK --purpose TEXT --client TEXT [--rows N] [--bytes N] [--hours N]
                 [--destination vault|workstation|system|outside] [--recipient TEXT]
  sekisho request emergency TARGET… --reason TEXT [--hours N]
                                     ask for work, for an export by the link of its refusal, or begin emergency work
  sekisho approve | reject NUMBER --reason TEXT [--digest HEX]
                                     decide about what is shown; without a terminal name its digest. Where a second
                                     factor is asked for, it says where to go on in the browser
  sekisho sessions [--all]           sessions, newest first; --all: of everybody you may see
  sekisho replay SESSION             what was shown in a session, to be read; that you looked is recorded
                                     these go by what sekisho login left; each takes --json and --directory D; exit
                                     status 0 done, 1 refused or failed, 2 not understood, 3 go on in the browser
  sekisho log adopt                  when the file is lost that says what the signed log said last: write it anew from
                                     the log that is here. Whoever does it vouches that no older copy was put back
  sekisho witness --listen HOST:PORT --state DIR [--name NAME] --log VKEY… | --logs FILE
                                     run by an outsider: cosign the checkpoints of a gateway's logs, so that nobody
                                     inside can take back what they say; needs no gateway
  sekisho scim-token [PROVIDER] [--label TEXT] | --list | --revoke ID
                                     the token by which the SCIM client of an identity provider is known
  sekisho lock KIND SUBJECT --reason TEXT [--until TIME] | --list | --lift ID
                                     lock a person, company, key, device, target, system or ticket: its sessions end
                                     within a second
  sekisho help | version

Configuration: sekisho.json in the working directory, or the file that SEKISHO_CONFIG names. docs/reference/config.md
`;
