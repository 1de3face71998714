import { channelsEn } from './channels.en.ts';
import { dialogueEn } from './dialogue.en.ts';
import { doctorEn } from './doctor.en.ts';
import { evidenceEn } from './evidence.en.ts';
import { findingsEn } from './findings.en.ts';
import { lettersEn } from './letters.en.ts';
import { cliEn } from './cli.en.ts';
import { loginEn } from './login.en.ts';
import { sitesEn } from './sites.en.ts';

/** What the gateway says to people outside the console, in English. Keys are shared with ja.ts; a test compares them. */
export const en = {
  line: 'sekisho: {text} [{code}]',
  'access.not_found': 'There is no target "{name}" open to you. Your targets: {url}',
  'access.locked': 'Your access is locked. Ask your security officer; nothing else will open it.',
  'access.company_locked': 'Access of your company is locked. Ask the security officer.',
  'access.key_locked': 'The SSH key of this connection is locked. Ask your security officer.',
  'access.device_locked': 'The address or network you come from is locked. Ask your security officer.',
  'access.target_locked': '"{name}", or a relay host before it, is locked. Ask the owner of the system.',
  'access.system_locked': 'The system of "{name}" is locked. Ask its owner.',
  'access.ticket_locked': 'The ticket that opens "{name}" for you is locked. Ask the owner of the system.',
  'access.contract_ended': 'Your contract ended, and your access with it. Ask the owner of the system.',
  'access.grant_expired': 'Your access to "{name}" has ended. Ask the owner of the system for a new grant.',
  'access.action_not_granted': 'Your access to "{name}" does not include this kind of session.',
  'access.ambiguous': 'More than one of your targets is called "{name}". Type one of: {choices}',
  'access.no_account_on_way': 'You have no account on a relay host before "{name}". Ask your administrator for one.',
  'access.no_account':
    'You have no account of your own on "{name}", and shared ones do not exist here. Ask an administrator.',
  'access.key_revoked': 'The SSH key of this connection is no longer accepted. Sign in again with another one.',
  'access.too_many_of_person': 'You have too many sessions open. End one, then try again.',
  'access.too_many_on_target': 'Too many sessions are open on "{name}". Try again when one has ended.',
  'access.too_many_here': 'The gateway carries as many sessions as it can. Try again in a moment.',
  'access.ticket_required':
    'Work on "{name}" needs an approved access ticket whose time has come. Ask for one, or say it is an emergency: {ask}',
  'access.not_a_maintainer': 'Your role does not include work on targets.',
  'gate.needs_ticket': 'Refused before it ran: {reason}.{why}',
  'gate.why': ' {why} (rule {rule})',
  'gate.ask_first': 'Not run: {reason}.{why} A second person is asked first.',
  'gate.ask': 'If this export is needed, ask for it here: {url}',
  'gate.deny': 'Refused, and no ticket opens it: {reason}.{why}',
  'gate.how_to_run': 'Once it is approved, run it as one command: ssh -p {port} {target}@{host} <command>',
  'gate.ticket.used':
    'The ticket for this act was used; a ticket is for one use. Ask for a new one if it is needed again.',
  'gate.ticket.too_early': 'The ticket for this act is approved, but its window has not begun.',
  'gate.ticket.too_late': 'The window of the ticket for this act is over.',
  'gate.ticket.not_approved': 'A ticket for this act exists, but it is not approved.',
  'gate.ticket.witness_unreachable':
    'The ticket for this act is approved and stays as it is, but exports are closed: too few outside witnesses answer. Try again soon.',
  'gate.ticket.locked': 'The ticket for this act, or what it is about, is locked.',
  'gate.too_long': 'The command is longer than {bytes} bytes; nobody could judge it.',
  'finding.dbdump': '"{subject}" dumps protected data ({assets})',
  'finding.bulk_read': '"{subject}" reads protected data ({assets})',
  'finding.offhost': '"{subject}" sends data to another host',
  'finding.stage': '"{subject}" locks data so that nobody can look into it on its way',
  'finding.listen': '"{subject}" opens a listening port',
  'finding.tunnel': '"{subject}" opens a tunnel past the gateway',
  'finding.interpreter': '"{subject}" runs code that the gate cannot read',
  'finding.dynamic': 'which program "{subject}" runs is known only while it runs',
  'finding.unreadable': 'the command cannot be read as a whole',
  'finding.unknown': 'the gate does not know "{subject}" on a target with protected data',
  'finding.shell_control': '"{subject}" changes how later commands are run',
  'finding.channel': '"{subject}" carries files past the gate',
  'output.filtered': 'Control sequences that could act on your terminal were left out of the output ({kinds}).',
  'output.transfer_cancelled': 'A file transfer inside the terminal ({kind}) was cancelled. Use scp or sftp.',
  'meter.soft':
    'This output nears a limit: {count} of {limit} {kind} {window}. It waits until you confirm that you go on: {url} (code {code}).',
  'meter.confirmed': 'Confirmed: the output goes on.',
  'meter.not_confirmed': 'Nobody confirmed, so the output stays held back.',
  'meter.hard':
    'Held back: {count} {kind} {window} would be shown, and {limit} are allowed. Without a ticket nothing more of it is shown.',
  'meter.interrupt':
    'It waits here: once the ticket is approved, it goes on by itself. Ctrl-C gives it up, and you go on working.',
  'meter.stopped': 'The program was ended.',
  'meter.unreadable':
    'How much has left cannot be read or stored now (the database does not answer), so this output waits.',
  'meter.refused': '{bytes} bytes of output were held back and are discarded.',
  'meter.kind.persons': 'persons',
  'meter.kind.rows': 'rows',
  'meter.kind.bytes': 'bytes',
  'meter.kind.opaqueBytes': 'unreadable bytes',
  'meter.kind.files': 'files',
  'meter.window.command': 'in this command',
  'meter.window.session': 'in this connection',
  'meter.window.day': 'today',
  'meter.window.days30': 'in 30 days',
  'meter.window.days90': 'in 90 days',
  'meter.window.days365': 'in 365 days',
  'meter.window.lifetime': 'altogether',
  'export.begun': 'Ticket T-{number}: this export runs once now, up to {rows} rows and {bytes} bytes.',
  'export.done': 'Ticket T-{number} is used: {rows} rows, {bytes} bytes, SHA-256 {sha256}.',
  'export.begun_vault':
    'Ticket T-{number}: this export runs once now, into the vault as parcel P-{parcel}: up to {rows} rows and {bytes} bytes.',
  'export.sealed':
    'Ticket T-{number} is used. Parcel P-{parcel} is in the vault: {files} files, {rows} rows, {bytes} bytes, SHA-256 {sha256}. Nothing of it came to this machine.',
  'export.discarded':
    'Ticket T-{number} is used: the export did not come to its end, and nothing of parcel P-{parcel} was kept.',
  'export.vault_failed': 'The vault cannot store what this export brings, so it was stopped.',
  'export.limit_exceeded':
    'Stopped: ticket T-{number} allows {rowsMax} rows and {bytesMax} bytes. {rows} rows, {bytes} bytes left; the ticket is used.',
  'files.not_resolved': 'The target does not tell where "{path}" really lies, so it stays closed.',
  'files.path_unclear':
    'This target holds protected files, so a path must be whole and plain: no wildcards, no "~", no "..": {path}',
  'files.malformed': 'The transfer was stopped because it broke its protocol: {reason}',
  'files.hostile_name': 'The transfer was stopped: "{name}" is no name for a file in the directory that was asked for.',
  'menu.title': 'Sekisho: choose a target ({listed} of {all})',
  'menu.search': 'Search:',
  'menu.heading.target': 'Target',
  'menu.heading.system': 'System',
  'menu.heading.account': 'Account',
  'menu.heading.mode': 'Mode',
  'menu.heading.until': 'Until ({zone})',
  'menu.mode.guarded': 'checked',
  'menu.mode.recorded': 'recorded',
  'menu.help': 'Type to search, Up/Down to move, Enter to open, Esc to leave',
  'menu.nothing_found': 'Nothing fits what you typed. Ctrl-U clears it.',
  'menu.plain': 'These targets are open to you. Name one: {example}',
  'menu.empty': 'No target is open to you. Ask the owner of a system for a grant; what you have is listed at {url}',
  'menu.idle': 'No key was pressed for a long time, so the menu has closed.',
  'jump.wrong_account': 'Your account on "{name}" is "{account}". Name it: ssh -J ... {account}@{name}',
  'jump.port': 'A target is reached through -J at port 22; {port} is not open.',
  'jump.nested': 'A jump inside a jump is not open here: name the target after one -J.',
  'forward.not_granted':
    'Forwarding to a server of your own on "{name}" needs the permission "develop". Ask the owner of the system.',
  'forward.not_own': 'Nothing of yours listens on port {port} of "{name}", so nothing is forwarded there.',
  'connection.rekey_unanswered': 'The other side did not agree on new keys in time.',
  'connection.rekeys_too_often': 'The other side exchanges keys again and again for nothing.',
  'session.welcome': '{target} · this session is recorded, and each line is checked before it runs.',
  'mode.exec_only': '{target} takes single commands only: each is checked whole before it runs.',
  'mode.no_shell': '{target} is set to the mode {mode}, whose interactive session is not offered by this gateway.',
  'mode.one_command': 'Run one command: ssh -p {port} {login}@{host} "<command>"',
  'mode.ask_owner':
    'If your work needs an interactive session, ask an owner of {system} for another mode of this target: {url}',
  'line.search': "(search) '{wanted}': ",
  'line.paste.head': '{count} pasted commands; none has run yet.',
  'line.paste.more': '  and {count} more',
  'line.paste.ask': 'Enter: run them one after the other, up to the first that is refused · Esc: drop them',
  'line.paste.dropped': 'Dropped.',
  'line.paste.stopped': 'Stopped here: {count} pasted commands behind it did not run.',
  'line.verdict.allow': 'runs  ',
  'line.verdict.ask': 'ask   ',
  'line.verdict.needs_ticket': 'ticket',
  'line.verdict.deny': 'no    ',
  'line.ticket.hint': 'Ctrl-T, a purpose and Enter ask for a ticket here and now; the link above opens the same form.',
  'line.ticket.how': 'Write what it is for: ticket <purpose>. Or fill in the form: {url}',
  'line.ticket.requested':
    'Ticket #{number} is requested: at most {rows} rows and {bytes} bytes, within {hours} hours. You are told when it is decided.',
  'line.ticket.refused': 'The ticket could not be requested here: {reason} Use the form: {url}',
  'line.no_jobs':
    'There are no jobs here: each line is a shell of its own. What must outlive its line is started as a service of the target.',
  'line.no_alias': 'An alias does nothing here. A function does: name() { …; }',
  'line.background': 'A program behind & ends with its line.',
  'line.form': 'Runs in its safe form: {forms}',
  'line.startup_restored':
    'This line changed a file that a shell or sshd reads by itself. It was put back: what stands in it would run without being checked.',
  'line.directory_gone':
    'The directory this line was checked for is not there any more; nothing ran. You are at home again.',
  'pty.welcome': '{target} · this session is recorded, and each line is checked before it runs.',
  'pty.falls_back':
    'The login shell on this target does not hand its lines over, so a prompt of the gateway takes its place.',
  'shell.welcome': '{target} · this session is recorded, and each command is checked before it runs.',
  'shell.falls_back': 'This target has no bash that can ask before each command, so each line is checked here instead.',
  'shell.unasked':
    'A command in the background could not ask before it ran, so it did not run. Start it as one command with & at its end.',
  'shell.unreadable': 'Refused: the command is not valid UTF-8, so nobody could judge it.',
  'shell.lost': 'The shell on the target no longer asks before each command. The session ends.',
  'session.welcome_recorded': '{target} · this session is recorded.',
  'session.legacy_algorithms':
    '{target} is spoken to with outdated algorithms ({algorithms}), by an exception made for it.',
  'session.paused':
    'This session is paused: {reason}. Nothing moves until it is resumed; what you type is kept and waits.',
  'session.resumed': 'This session goes on.',
  'session.message': 'From those who answer for this system: {text}',
  'session.ends_soon.idle':
    'Nothing was typed for a while. The session ends in {seconds} seconds unless you press a key.',
  'session.ends_soon.too_long': 'The session has nearly lasted as long as one may, and ends in {seconds} seconds.',
  'session.ended.ended': 'Those who answer for this system ended the session: {reason}.',
  'session.ended.idle': 'Nothing was typed for too long; the session has ended.',
  'session.ended.too_long': 'The session has lasted as long as one may, and has ended. Connect anew to go on.',
  'session.ended.locked': 'The session has ended. {reason}',
  'session.ended.revoked': 'Your access was taken back; the session has ended.',
  'session.ended.expired': 'Your access ended at the agreed time; the session has ended.',
  'session.ended.undecided':
    'Whether your access still stands cannot be read (the database does not answer), so the session has ended.',
  'session.ended.recorder_failed': 'What happens can no longer be recorded, so the session has ended.',
  'session.ended.shutdown': 'The gateway is stopping; the session has ended. Sign in again in a moment.',
  'session.ended.target_lost': 'The target closed the connection.',
  'error.target_unreachable': 'There is no way from the gateway to "{name}" now. Tell the administrator.',
  'error.target_name_not_found': 'The host name of "{name}" cannot be found. Tell the administrator.',
  'error.target_address_refused':
    '"{name}" stands at an address that the gateway does not dial. Tell the administrator.',
  'error.target_connection_refused':
    '"{name}" refused the connection: nothing listens there, or a firewall says no. Tell the administrator.',
  'error.target_timed_out': '"{name}" did not answer within {seconds} seconds. Try again, or tell the administrator.',
  'error.target_no_common_algorithm':
    '"{name}" speaks only algorithms that the gateway does not offer it. Tell the administrator.',
  'error.target_relay_refused': '"{name}" does not pass connections on to the next host. Tell the administrator.',
  'error.target_host_key_mismatch':
    '"{name}" showed another host key than the pinned one. Nothing was sent. Tell the administrator.',
  'error.target_host_certificate_refused':
    'The host certificate of "{name}" is not to be believed. Nothing was sent. Tell the administrator.',
  'error.target_secret_missing':
    '"{name}" is entered with a password that the gateway keeps, and none is kept for your account. Tell the administrator.',
  'error.authority_unavailable':
    'No certificate for "{name}" can be signed: the key of the authority does not answer. Tell the administrator.',
  'error.target_sign_in_refused': '"{name}" did not accept your account. Tell the administrator.',
  'error.at_relay': 'On the way to "{name}": {why}',
  'error.copies_too_many':
    'Nothing ran: the command would leave more copies of protected data than are kept track of. Split it into smaller steps.',
  'error.recording_unavailable': 'The recorder cannot store what happens, so no session opens. Tell the administrator.',
  'error.storage_unavailable':
    'The object storage has not taken the recordings for too long, so no session opens. Tell the administrator.',
  'error.witness_unreachable':
    'No session opens: too few outside witnesses have answered for too long, so that nobody could prove what happens. Tell the administrator.',
  'session.unwitnessed':
    'Too few outside witnesses answer. Exports are closed; sessions open for {minutes} more minutes.',
  'error.database_unavailable':
    'The gateway cannot decide right now (its database does not answer), so the answer is no. Try again soon.',
  'error.internal': 'A fault of the gateway. Give this reference to the administrator: {reference}',
  'judge.allow': 'allow: it would run.',
  'judge.ask': 'ask: it was not recognised, so a second person would be asked first.',
  'judge.needs_ticket': 'deny: an export; a ticket about this very act would open it.',
  'judge.deny': 'deny: no ticket would open it.',
  'judge.reason': '  - {reason} [{rule}, characters {from} to {to}]',
  'judge.copy': '  - leaves a copy of {asset} at {path}',
  'judge.runs': '  runs: {argv}',
  'judge.tables': '  tables: {tables}',
  'judge.digest': '  digest: {digest}',
  'judge.unguarded': 'Nothing is guarded under this policy: findings are kept and refuse nothing.',
  'rejudge.summary':
    'Session {session}: {judged} judged lines; {changed} would be answered otherwise, of {unknown} the answer then is not known. {notes} notes of the gateway were not judged.',
  'rejudge.changed': '{time}  {before} -> {after}  {text}',
  'rejudge.unknown': 'not known',
  'sign_in.banner': 'Sekisho: access for authorised persons only. What you do is recorded.',
  'sign_in.title': 'Sekisho sign-in / サインイン',
  'sign_in.not_approved': 'Nobody approved this sign-in, so the answer is no.',
  'sign_in.too_many_tries': 'Too many keys were tried. Name the enrolled one: ssh -i KEY -o IdentitiesOnly=yes',
  'sign_in.instructions':
    'Open {url} in your browser, check that the code there is {code}, and pick these two words: {words}',
  'sign_in.code': 'Type the code of your authenticator app. Or press Enter alone to approve in the browser.',
  'sign_in.code_prompt': 'Code / 認証コード: ',
  'factor.asked':
    'Sessions on "{target}" need a second factor each: open {url}, check the code {code}, and pick these two words: {words}',
  'factor.shown': 'Confirmed: the session begins.',
  'factor.not_shown': 'Nobody confirmed this session with a second factor, so it does not begin.',
  'keys.recipients': 'What new sessions leave of the {stream} is sealed to:',
  'keys.identities': 'Identities that the console holds: {count}',
  'keys.hold': 'Legal hold on {session} since {at}: {reason}',
  'keys.erasure.waiting': 'Erasure {id}: {stream} of {session} waits for a second person in the console',
  'keys.erasure.approved': 'Erasure {id}: {stream} of {session} is approved and not carried out yet',
  'keys.erasure.rejected': 'Erasure {id}: {stream} of {session} was rejected',
  'keys.erasure.erased': 'Erasure {id}: {stream} of {session} was erased at {at}',
  'keys.held': '{session} is on legal hold.',
  'keys.released': '{session} is not on hold any more.',
  'keys.requested':
    'Erasure {id} of {session} is asked for. Somebody else has to approve it, signed in to the console.',
  'keys.ordered':
    '{session}: the key of the {stream} is wrapped anew; the gateway exchanges it now or at its next start.',
  'keys.locked': '{session}: no identity here opens the key of the {stream}; name one with --identity.',
  'keys.erased': '{session}: the {stream} has no key any more.',
  'keys.rotated':
    'After the next reload or start new sessions are sealed to {recipient}. Earlier identities stay in the file and open what was sealed then.',
  'authority.user': 'Targets trust this: a file of this line, named by TrustedUserCAKeys in sshd_config.',
  'authority.host':
    'Clients trust this about any host, so it belongs into a file read for the gateway and its targets alone; sekisho login writes a narrower one.',
  'authority.login':
    'Signs the certificates of sekisho login; only this gateway believes it, so it is installed nowhere.',
  'authority.announced':
    'The key that follows is made. Put both lines where the one was (TrustedUserCAKeys on every target; for login nothing is to be done), then: sekisho authority rotate … switch',
  'authority.switched':
    'It signs from the next sekisho reload or start on. Leave both lines in place until everything the former key signed has ended (10 hours at most), then: sekisho authority rotate … forget',
  'authority.forgotten': 'Only this line is left; take the other one out wherever it stands.',
  ...channelsEn,
  ...dialogueEn,
  ...doctorEn,
  ...evidenceEn,
  ...findingsEn,
  ...lettersEn,
  ...cliEn,
  ...loginEn,
  ...sitesEn,
} as const;
