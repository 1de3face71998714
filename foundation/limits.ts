/**
 * Every bound of the gateway, with its unit in its name. docs/reference/limits.md is generated from here.
 */
export const LIMITS = {
  /** Bytes of one HTTP request body. */
  httpBodyBytesMax: 256 * 1024,
  /** Rows of one page of a list. */
  pageRowsMax: 200,
  /** Names offered to narrow a list by. */
  facetsMax: 500,
  /** Rows of a table that are taken along as one file; the file says when there were more. */
  tableExportRowsMax: 20_000,
  /** Terminals in the browser that one process serves. */
  terminalsPerProcessMax: 200,
  /** Terminals in the browser of one person. */
  terminalsPerPersonMax: 16,
  /** Seconds in which the one use of a terminal's opener must come. */
  terminalOpenerSeconds: 30,
  /** Openers that are not used yet, of everybody. */
  terminalOpenersMax: 1_000,
  /** Seconds a terminal waits for its browser to come back. */
  terminalReturnSeconds: 60,
  /** Bytes of a terminal's output that its browser has not drawn yet; then the program waits. */
  terminalWindowBytes: 256 * 1024,
  /** Bytes of a terminal's output that are kept for a browser that comes back. */
  terminalTailBytesMax: 512 * 1024,
  /** Bytes of one message from a browser to its terminal. */
  terminalMessageBytesMax: 64 * 1024,
  /** Columns, or rows, of a terminal in the browser. */
  terminalSideMax: 1_000,
  /** Seconds between two questions whether a terminal's browser is still there. */
  terminalPingSeconds: 15,
  /** SSH connections that have not signed in yet, of all sources together. */
  sshUnauthenticatedMax: 64,
  /** SSH connections that have not signed in yet, of one source address. */
  sshUnauthenticatedPerSourceMax: 16,
  /** SSH connections one process serves. */
  sshConnectionsMax: 4_000,
  /** Worker processes that serve SSH. */
  sshWorkersMax: 64,
  /** Megabytes of the JavaScript heap of one worker; beyond them it ends. */
  workerHeapMegabytes: 1_024,
  /** Bytes a worker may have resident; beyond them it takes no new connection and is replaced. */
  workerResidentBytesMax: 1_536 * 1024 * 1024,
  /** Seconds a worker may take from its start until it serves. */
  workerStartSeconds: 30,
  /** Seconds a worker may be silent before it is ended the hard way. */
  workerSilenceSeconds: 60,
  /** Starts of workers after a crash in one minute. */
  workerRestartsPerMinuteMax: 20,
  /** Seconds `sekisho reload` waits for its answer. */
  reloadSeconds: 60,
  /** Hours the sessions of a replaced worker may go on. */
  workerDrainHours: 12,
  /** Seconds a worker that broke may take to end in order. */
  workerFaultSeconds: 8,
  /** Seconds the workers may take to end their sessions when the gateway stops. */
  workerStopSeconds: 18,
  /** Seconds a worker may outlive the process that started it. */
  workerOrphanSeconds: 15,
  /** Leaves of one worker that wait for the log. */
  workerLeavesPendingMax: 4_096,
  /** Seconds from TCP connect to signed in, when no browser approval is waited for. */
  sshLoginGraceSeconds: 30,
  /** Seconds a browser approval of an SSH sign-in may take. */
  sshBrowserApprovalSeconds: 180,
  /** Browser approvals one connection may ask for. */
  sshBrowserTriesMax: 3,
  /** Authentication requests of one connection. */
  sshAuthTriesMax: 20,
  /** Events one connection may leave of refused sign-ins. */
  sshAuthEventsMax: 8,
  /** Milliseconds for which a connection's question about a key answers its signature too; it is checked anew then. */
  sshCredentialFreshMs: 5_000,
  /** Failed sign-ins of one source, or of one person from one source, before the next answer waits. */
  sshThrottleFreeFailures: 10,
  /** Milliseconds of the first wait after failed sign-ins; each failure more doubles it. */
  sshThrottleDelayMs: 100,
  /** Milliseconds an answer waits at most after failed sign-ins. */
  sshThrottleDelayMsMax: 8_000,
  /** Seconds in which half of the failed sign-ins are forgotten. */
  sshThrottleHalfLifeSeconds: 60,
  /** Sources, and persons from a source, whose failed sign-ins are kept in mind. */
  sshThrottleEntriesMax: 10_000,
  /** Targets of which a process keeps what they put first when it last dialled them. */
  targetFirstChoicesMax: 10_000,
  /** Bytes of a PROXY protocol header, both versions. */
  proxyHeaderBytesMax: 536,
  /** Seconds a listed balancer has to send its PROXY protocol header. */
  proxyHeaderSeconds: 5,
  /** Connections from listed balancers whose PROXY protocol header has not come yet. */
  proxyHeadersWaitingMax: 256,
  /** Minutes a second factor in the browser may be remembered at most. */
  secondFactorMinutesMax: 720,
  /** Characters of the banner before the sign-in. */
  bannerCharactersMax: 2_000,
  /** Session channels of one connection. */
  sshChannelsMax: 10,
  /** Hours a host certificate is valid; it renews itself when half of them are over. */
  hostCertificateHours: 24,
  /** Names under which host certificates are kept ready. */
  hostCertificatesCachedMax: 1_000,
  /** Bytes of a target's list of listening sockets. */
  listenersBytesMax: 1024 * 1024,
  /** Seconds the menu of targets waits for a key. */
  menuIdleSeconds: 300,
  /** Characters typed to search in the menu of targets. */
  menuFilterCharactersMax: 64,
  /** Environment variables of one session channel. */
  environmentVariablesMax: 32,
  /** Refused channels and forwardings of one connection; one more ends it, for each leaves an event. */
  sshRefusalsMax: 500,
  /** Bytes of one SSH connection, both directions together, after which new keys are agreed on (RFC 4253 §9). */
  rekeyBytes: 1024 * 1024 * 1024,
  /** Seconds of one SSH connection after which new keys are agreed on. */
  rekeySeconds: 3_600,
  /** Seconds a peer may take to agree on new keys; nothing else is sent to it meanwhile. */
  rekeyAnswerSeconds: 60,
  /** Bytes between two key exchanges of a peer's wish below which the later one counts as idle. */
  idleRekeyBytes: 64 * 1024,
  /** Idle key exchanges of one connection in a minute; one more ends it, for each costs milliseconds of CPU. */
  idleRekeysPerMinuteMax: 16,
  /** Bytes read from one socket in one turn of the event loop before others get theirs. */
  sshReadQuantumBytes: 64 * 1024,
  /** Sockets that go on reading in one turn after such a quantum; those that have less to read wait for nobody. */
  sshReadQuantaPerTurnMax: 2,
  /** Bytes of one direction of a channel that were read and not yet written, before its source is paused. */
  relayHeldBytesMax: 8 * 1024 * 1024,
  /** The same once all channels of the process together hold `relayHeldTotalBytes`: many slow readers are bounded too. */
  relayHeldBytesWhenMany: 256 * 1024,
  /** Bytes of one direction of a channel that are recorded and passed on together. */
  relayBlockBytes: 256 * 1024,
  /** Pieces of memory of that size that a process keeps to use again. */
  relayFreeBlocksMax: 64,
  /** Bytes that all channels of one process may hold before each may hold less. */
  relayHeldTotalBytes: 256 * 1024 * 1024,
  /** Bytes of one program's output that a limit holds back before the program is made to wait. */
  outputHeldBytesMax: 1024 * 1024,
  /** Seconds between two looks for an approved ticket while output is held back at a limit. */
  heldOutputLookSeconds: 2,
  /** Seconds between two questions whether a connection is still there. */
  keepaliveSecondsMax: 3_600,
  /** Bytes of one exec command line. */
  commandBytesMax: 16 * 1024,
  /** Characters of all texts inside one judged text, of `sh -c` and `eval`: each level may hold most of the text again. */
  judgedInnerCharactersMax: 64 * 1024,
  /** Parts of one judged text that are more than a plain word. */
  judgedNodesMax: 5_000,
  /** Bytes of one typed line on a guarded target. */
  typedLineBytesMax: 4 * 1024,
  /** Lines of a guarded session that the arrows and the search find. */
  guardedHistoryLines: 500,
  /** Bytes of the functions carried from one guarded line to the next. */
  guardedFunctionsBytesMax: 8 * 1024,
  /** Commands of one paste whose verdicts are shown before it runs; all of them are judged. */
  pasteLinesShown: 50,
  /** Hours in which an export asked for at the prompt may run. */
  ticketAtPromptHours: 8,
  /** Names that one completion on a guarded target offers. */
  completionNamesMax: 200,
  /** Bytes that one completion reads for its names. */
  completionBytesMax: 64 * 1024,
  /** Milliseconds a completion may take before there is none. */
  completionMillisMax: 2_000,
  /** Bytes of names and values of variables carried from one guarded line to the next. */
  guardedStateBytesMax: 12 * 1024,
  /** Bytes of one input line of `sekisho judge --jsonl`: the longest command with every character escaped. */
  judgeLineBytesMax: 128 * 1024,
  /** Bytes of SQL that the parsers are given; longer is judged by the scanner alone. */
  statementReadBytesMax: 64 * 1024,
  /** Milliseconds the parsers may take over one statement. */
  statementReadMs: 1_000,
  /** Milliseconds the parsers may take to come up. */
  statementReaderStartMs: 10_000,
  /** Statements that wait for the parsers. */
  statementReadsWaitingMax: 256,
  /** Parts that a text is cut into which no parser takes whole. */
  statementPartsMax: 64,
  /** Statements of one command that the parsers are given; what more there is was not read. */
  statementsOfCommandMax: 16,
  /** Bytes of a policy file of `sekisho judge`. */
  policyFileBytesMax: 8 * 1024 * 1024,
  /** Seconds for name, TCP connect, key exchange and sign-in at the target, and as many at each relay host before it. */
  targetDialSeconds: 15,
  /** Seconds the way to a target and its list of accounts may take, when the gateway looks who has one there. */
  targetAccountsSeconds: 60,
  /** Accounts of one target that are read. */
  targetAccountsMax: 20_000,
  /** Bytes in which a target says them. */
  targetAccountsBytesMax: 8 * 1024 * 1024,
  /** Hours between two looks at the accounts of the targets. */
  targetAccountsHours: 24,
  /** Targets whose accounts are looked at at once. */
  targetAccountsAtOnce: 4,
  /** Seconds an agent that holds the key of an authority may take for an answer. */
  agentSeconds: 10,
  /** Bytes of such an answer. */
  agentAnswerBytesMax: 256 * 1024,
  /** Bytes of a secret that is kept for an account on a target. */
  targetSecretBytesMax: 512,
  /** Minutes before a secret that a target did not take is changed there again. */
  targetSecretRetryMinutes: 60,
  /** Secrets that are changed on their targets in one turn. */
  targetSecretsAtOnce: 8,
  /** Seconds one check of `sekisho doctor` may take. */
  doctorCheckSeconds: 20,
  /** Targets that `sekisho doctor` joins at once. */
  doctorTargetsAtOnce: 8,
  /** Relay hosts before one target. */
  targetHopsMax: 3,
  /** Minutes a session certificate is valid. */
  sessionCertificateMinutes: 5,
  /** Bytes of one SFTP packet behind its length: OpenSSH's 256 KiB and the fields around them. */
  sftpPacketBytesMax: 256 * 1024 + 1024,
  /** SFTP requests of one session that wait for their answers. */
  sftpRequestsMax: 4_096,
  /** Files and directories one SFTP session holds open. */
  sftpHandlesMax: 1_024,
  /** Bytes of one file that came before their turn and wait to be hashed. */
  fileReorderBytesMax: 4 * 1024 * 1024,
  /** Files of one session that have passed and whose events are not stored yet. */
  fileEventsWaitingMax: 256,
  /** Refused acts on files of one session; one more ends it, for each leaves an event. */
  fileRefusalsMax: 500,
  /** Bytes of one line of the old scp protocol. */
  scpLineBytesMax: 8 * 1024,
  /** Directories inside one another in an scp transfer. */
  scpDepthMax: 256,
  /** Bytes of a file's path that an event keeps. */
  filePathBytesMax: 4_096,
  /** Bytes of one frame's payload. */
  frameBytesMax: 1024 * 1024,
  /** Bytes of one session not yet durable before its sources are paused. */
  recorderSessionPendingBytesMax: 8 * 1024 * 1024,
  /** Bytes of one session that wait together from which on they go straight into a chunk of their own. */
  recorderDirectBytesMin: 64 * 1024,
  /** Bytes of frames from which on a chunk is sealed. */
  chunkBytes: 64 * 1024,
  /** Milliseconds after its first frame at which a chunk is sealed, however little is in it. */
  chunkMillis: 10_000,
  /** Bytes of frames of a chunk that a flood goes into: of those of `relayBlockBytes`, as many as fill a MiB. */
  chunkFloodBytesMax: 1024 * 1024 + 64 * 1024,
  /** Bytes of frames of any chunk: a reader unpacks no more. */
  chunkPlaintextBytesMax: 1536 * 1024,
  /** Chunks of one flooded session that are on their way to the disk at once. */
  recorderFloodChunksMax: 8,
  /** Chunks of floods that one process holds in memory; beyond them floods wait. */
  recorderFloodBuffersMax: 256,
  /** Bytes of all sessions that are in chunks that do not stand in the log yet; beyond them what comes waits. */
  recorderChunkBytesMax: 256 * 1024 * 1024,
  /** Milliseconds that a buffered recording may be behind what was forwarded; one that falls behind more waits. */
  recorderBufferedMillis: 1_000,
  /** Bytes of all sessions not yet durable. */
  recorderPendingBytesMax: 64 * 1024 * 1024,
  /** Bytes of the age file that one session's key is wrapped in: its recipients are 200 bytes each, hybrid ones 1,700. */
  wrappedKeyBytesMax: 64 * 1024,
  /** Pairs of session keys that a process keeps wrapped ahead, so that nobody who connects waits for it. */
  sessionKeysReady: 16,
  /** Bytes of a file of age identities. */
  identityFileBytesMax: 64 * 1024,
  /** Recipients that the keys of one stream are wrapped to. */
  keyRecipientsMax: 20,
  /** Bytes of one write-ahead-log segment. */
  walSegmentBytes: 16 * 1024 * 1024,
  /** Bytes of an rsync or git transfer that its recording keeps; of the rest it has their number, and the hash of all. */
  transferKeptBytesMax: 1024 * 1024,
  /** Bytes of one recording; reaching it ends the session. */
  recordingBytesMax: 2 * 1024 * 1024 * 1024,
  /** Bytes of one stored object. */
  objectBytesMax: 2 * 1024 * 1024,
  /** Milliseconds to reach the object storage. */
  storageConnectMillis: 5_000,
  /** Milliseconds one call of the object storage may take. */
  storageRequestMillis: 30_000,
  /** Tries of one call of the object storage. */
  storageAttemptsMax: 3,
  /** Connections to the object storage. */
  storageConnectionsMax: 16,
  /** Objects that are moved to the object storage at once. */
  storageMovesAtOnce: 8,
  /** Milliseconds after which objects that wait are tried again; each failure more doubles it. */
  storageRetryMillis: 1_000,
  /** The same at most. */
  storageRetryMillisMax: 60_000,
  /** Milliseconds after which objects of other processes are looked for. */
  storageLookMillis: 2_000,
  /** Bytes that wait on the disk for the object storage, from which on no session begins. */
  storageSpoolRefuseBytes: 2 * 1024 * 1024 * 1024,
  /** Bytes that may wait there at most; what is recorded then waits too. */
  storageSpoolBytesMax: 4 * 1024 * 1024 * 1024,
  /** Milliseconds for which what is recorded waits for room there; then its sessions end. */
  storageSpoolWaitMillis: 30_000,
  /** Milliseconds after which it is looked again whether there is room. */
  storageSpoolPauseMillis: 250,
  /** Milliseconds between two counts of what waits there. */
  storageSpoolCountMillis: 60_000,
  /** Versions of one object that are listed to find the one that was stored. */
  objectVersionsMax: 100_000,
  /** The same of which the bytes are read: the oldest. */
  objectVersionsRead: 8,
  /** Days for which recordings may be locked in an object storage: a hundred years. */
  storageRetentionDaysMax: 36_500,
  /** Files that one call makes immutable. */
  immutableFilesPerCall: 200,
  /** Free bytes under the recorder below which no new session opens. */
  recorderFreeBytesMin: 64 * 1024 * 1024,
  /** For so long what was seen of the free space counts for sessions that open. */
  recorderFreeSeenMillis: 500,
  /** Milliseconds between two looks at the disk under the recorder, for the events that tell of it. */
  recorderDiskWatchMillis: 10_000,
  /** After so long a leaf stands in the log's bundles and not in its journal alone. */
  leafLogPublishMillis: 1_000,
  /** Milliseconds an export waits for the cosignatures that its intent needs. */
  witnessWaitMillis: 10_000,
  /** Milliseconds one witness has to answer one request. */
  witnessAnswerMillis: 5_000,
  /** Bytes of a witness's answer, and of a checkpoint sent to one. */
  witnessAnswerBytesMax: 16 * 1024,
  /** Seconds the time in a cosignature may differ from the clock here. */
  witnessSkewSeconds: 600,
  /** Milliseconds after which too few cosignatures are tried for again; each failure more doubles it. */
  witnessRetryMillis: 1_000,
  /** Milliseconds between two tries for cosignatures at most. */
  witnessRetryMillisMax: 30_000,
  /** Witnesses one log asks for cosignatures. */
  witnessesMax: 32,
  /** Bytes of one request to `sekisho witness`: a checkpoint with many signatures and 63 hashes. */
  witnessRequestBytesMax: 64 * 1024,
  /** Requests of one address that `sekisho witness` answers in a minute. */
  witnessRequestsPerAddressMax: 1_200,
  /** Logs that `sekisho witness` watches. */
  witnessLogsMax: 1_000,
  /** Minutes sessions may go on opening while too few witnesses answer. */
  witnessGraceMinutesMax: 7 * 24 * 60,
  /** Audit events that become leaves of the log together. */
  anchorRowsMax: 500,
  /** Milliseconds between two looks for audit events that stand in no leaf, and for exports whose result stands in no ledger. */
  anchorMillis: 400,
  /** Milliseconds a missing number among the audit events is waited for before later ones become leaves. */
  anchorHoleMillis: 500,
  /** Seconds a number that was missing among the audit events is still looked for. */
  anchorHoleSeconds: 900,
  /** Missing numbers among the audit events that are looked for again. */
  anchorHolesMax: 100_000,
  /** Exports whose intent stands in the ledger and whose result does not. */
  ledgerOpenMax: 10_000,
  /** Seconds after which an intent that no ticket was used for is told to have had no result. */
  ledgerIntentSeconds: 60,
  /** Enrolled SSH keys of one person. */
  sshKeysPerPersonMax: 10,
  /** Days an enrolled SSH key is accepted. */
  sshKeyDays: 180,
  /** Bytes of one SSH public key or certificate. */
  sshPublicKeyBytesMax: 16 * 1024,
  /** Minutes one session may be configured to last or to be idle: a week. */
  sessionMinutesMax: 7 * 24 * 60,
  /** Open sessions of one person, in all processes, unless configured otherwise. */
  sessionsPerPersonMax: 200,
  /** Open sessions on one target, in all processes, unless configured otherwise. */
  sessionsPerTargetMax: 1_000,
  /** Open sessions of one process. */
  sessionsPerProcessMax: 5_000,
  /** Characters of a message to, or of a reason told to, the person of a live session. */
  sessionMessageCharactersMax: 500,
  /** Hours a web sign-in lasts. */
  webSessionHours: 10,
  /** Web sign-ins begun or finished from one source address in a minute. */
  webSignInsPerMinuteMax: 120,
  /** Bytes of one answer of an identity provider that are read. */
  providerAnswerBytesMax: 1024 * 1024,
  /** Seconds an identity provider has for one answer. */
  providerTimeoutSeconds: 10,
  /** Seconds by which a provider's clock may be configured to differ. */
  providerClockSkewSecondsMax: 300,
  /** Identity providers side by side. */
  providersMax: 20,
  /** Logout tokens taken from one source address in a minute. */
  logoutTokensPerMinuteMax: 600,
  /** SCIM requests of one token, and of one source address, in a minute. */
  scimCallsPerMinuteMax: 1_200,
  /** Bytes of one SCIM request. */
  scimBodyBytesMax: 2 * 1024 * 1024,
  /** Resources of one page of a SCIM list. */
  scimPageMax: 200,
  /** Where a page of a SCIM list may begin at most. */
  scimStartIndexMax: 10_000_000,
  /** Characters of one SCIM filter. */
  scimFilterCharactersMax: 2_000,
  /** Comparisons in one SCIM filter. */
  scimComparisonsMax: 10,
  /** Members that the event of a changed group names. */
  scimAuditedMembersMax: 300,
  /** Days a SCIM token is accepted. */
  scimTokenDays: 365,
  /** Passkeys and hardware keys of one person. */
  passkeysPerPersonMax: 10,
  /** Seconds in which the browser has to answer what a passkey is asked to sign. */
  factorChallengeSeconds: 300,
  /** Steps of 30 seconds by which a code of an authenticator app may be early or late. */
  totpDriftSteps: 1,
  /** Characters of a typed code that are looked at. */
  totpCodeCharactersMax: 16,
  /** Wrong codes of an authenticator app before the next one waits. */
  totpFreeFailures: 5,
  /** Seconds it waits first; each further failure doubles them. */
  totpDelaySeconds: 30,
  /** Seconds it waits at most. */
  totpDelaySecondsMax: 3_600,
  /** Minutes one second factor may be configured to serve for at the console. */
  webFactorMinutesMax: 600,
  /** Minutes after a sign-in in which a first factor may be added without another. */
  firstFactorMinutes: 15,
  /** Seconds a `sekisho login` waits for its decision in the browser. */
  loginRequestSeconds: 300,
  /** Seconds one question for that decision is held open. */
  loginPollSeconds: 25,
  /** Questions held open at once by one process. */
  loginPollsMax: 200,
  /** `sekisho login` requests that wait for a decision, of all sources together. */
  loginsWaitingMax: 200,
  /** `sekisho login` requests that wait for a decision, of one source address. */
  loginsWaitingPerSourceMax: 50,
  /** Unauthenticated calls of `sekisho login` and `logout` from one source address in a minute. */
  loginCallsPerMinuteMax: 120,
  /** Targets one `sekisho login` writes into its files. */
  loginTargetsMax: 5_000,
  /** Hours a certificate of `sekisho login` is valid. */
  loginCertificateHours: 10,
  /** Unknown codes of SSH sign-ins one person may try in a minute. */
  unknownCodesPerMinuteMax: 10,
  /** Calls of the API by one person in a minute, on one process. */
  apiCallsPerMinuteMax: 6_000,
  /** Idempotency keys of one person that are kept at once. */
  idempotencyKeysPerPersonMax: 1_000,
  /** Hours after which an idempotency key may be used for something else. */
  idempotencyKeyHours: 24,
  /** Bytes of an answer that is kept to be given again; a command whose answer is larger is never run again either. */
  idempotencyAnswerBytesMax: 262_144,
  /** Times one person may have the road to targets checked in a minute: each is a real connection. */
  targetChecksPerMinuteMax: 20,
  /** Commands one person may have judged on trial in a minute. */
  judgeCallsPerMinuteMax: 60,
  /** Requests of one person that wait for a decision. */
  ticketsRequestedPerPersonMax: 50,
  /** Hours a ticket waits for a decision. */
  ticketDecisionHours: 24,
  /** Days a ticket's window may span at most. */
  ticketWindowDaysMax: 7,
  /** Tickets of one box that are listed, newest first. */
  ticketsListedMax: 100,
  /** Uses one export ticket may ask for at most. */
  ticketUsesMax: 100,
  /** Targets one access or emergency ticket names at most. */
  ticketTargetsMax: 20,
  /** Drafts of tickets of one person. */
  ticketDraftsMax: 50,
  /** Questions, answers and reports of one ticket. */
  ticketMessagesMax: 100,
  /** Characters of a work plan, a work report, a question or an answer. */
  workTextCharactersMax: 10_000,
  /** Hours one emergency may be configured to last. */
  emergencyHoursMax: 24,
  /** Emergencies of one person that are not reviewed yet. */
  emergenciesUnreviewedMax: 5,
  /** Days one substitute may be chosen for at a time. */
  substituteDaysMax: 92,
  /** Rows one ticket may ask for at most. */
  ticketRowsMax: 10_000_000,
  /** Bytes one ticket may ask for at most. */
  ticketBytesMax: 100 * 1024 * 1024 * 1024,
  /** Files of one export in the vault. */
  parcelFilesMax: 100_000,
  /** Parcels on one page of the console. */
  parcelsPerPage: 50,
  /** Parcels that one round of the relay's upkeep inspects or destroys. */
  parcelsPerRound: 100,
  /** Findings that are told of one parcel. */
  parcelFindingsMax: 100,
  /** Bytes of a parcel that are inspected before others have their turn. */
  inspectedBytesAtOnce: 64 * 1024,
  /** Bytes that the archives of one parcel may unpack to. */
  unpackedBytesMax: 2 * 1024 * 1024 * 1024,
  /** Files in one archive. */
  archiveEntriesMax: 10_000,
  /** Milliseconds a malware scanner may take for one answer, or to take one piece. */
  scannerMillis: 60_000,
  /** Times a system may begin to take one parcel. */
  parcelPickupsMax: 20,
  /** Seconds after which a pick-up or a put of which nothing was heard is over. */
  parcelLeaseSeconds: 60,
  /** Bytes of one file that a system puts. */
  parcelPutBytesMax: 64 * 1024 * 1024 * 1024,
  /** Connections of systems at one relay process, signed in or not. */
  relayConnectionsMax: 256,
  /** Seconds from TCP connect to signed in, of a system. */
  relayLoginGraceSeconds: 20,
  /** Seconds a system may be silent. */
  relayIdleSeconds: 300,
  /** Requests of one sftp channel that wait for their answer. */
  relayRequestsPendingMax: 4_096,
  /** Files and directories that a system has open at once. */
  relayHandlesMax: 64,
  /** Columns that a transfer ticket names. */
  transferFieldsMax: 200,
  /** Bytes of the manifest of a parcel, and of any other piece of it. */
  parcelManifestBytesMax: 64 * 1024 * 1024,
  /** Decrypted pieces that a reader of a parcel keeps, of four megabytes each. */
  parcelPiecesKept: 2,
  /** Directories inside one another that one export for the vault goes down. */
  parcelDepthMax: 64,
  /** Bytes of one export on their way into the vault and not stored yet. */
  parcelPendingBytesMax: 4 * 1024 * 1024,
  /** Characters of a purpose or a reason. */
  reasonCharactersMax: 2_000,
  /** Bytes of a control sequence that a terminal may get; a longer one is left out. */
  controlSequenceBytesMax: 64,
  /** Bytes of a control string that are left out while its end is waited for; what comes then is text again. */
  controlStringBytesMax: 64 * 1024,
  /** Bytes of a terminal's title as it is sent. */
  terminalTitleBytesMax: 512,
  /** Characters of a terminal's title. */
  terminalTitleCharactersMax: 128,
  /** Bytes of one line in which identifiers of persons are looked for together; a longer one is cut at a mark. */
  meterLineBytesMax: 2 * 1024,
  /** Persons that one meter remembers as seen; it reports the others again, which counts them no second time. */
  meterPersonsKnownMax: 20_000,
  /** Bytes of output that cannot be read and are taken for one person: what a compressed row of a table takes. */
  opaqueBytesPerPerson: 16,
  /** The same where a program's mark says that it packs tightly: bzip2, xz, zstd. */
  packedBytesPerPerson: 8,
  /** Bytes of unreadable output from which on they count: less is a key, a token or a signature. */
  opaqueBytesMin: 2 * 1024,
  /** Bytes of a compressed stream that are inflated to be looked at; the rest is unreadable. */
  meterCompressedBytesMax: 256 * 1024,
  /** Bytes that a compressed stream may become. */
  meterInflatedBytesMax: 4 * 1024 * 1024,
  /** Encodings inside one another that the meter reads. */
  meterDecodingDepthMax: 3,
  /** Rules of administrators for identifiers. */
  identifierRulesMax: 50,
  /** Characters of such a rule's pattern. */
  identifierPatternCharactersMax: 500,
  /** Instructions of such a rule when it is compiled. */
  identifierProgramSizeMax: 2_000,
  /** What such a rule may find on one line. */
  identifierMatchesPerLineMax: 100,
  /** Bytes of an unfinished line that masking holds back. */
  redactionHeldBytesMax: 4 * 1024,
  /** Unknown programs of one refused act that are kept for an owner to accept. */
  unknownProgramsPerActMax: 8,
  /** Programs that one answer lists. */
  programsListedMax: 500,
  /** Days a copy of something protected stays protected under its new name. */
  protectedCopyDays: 30,
  /** Copies of protected things that one act may be known to leave. */
  copiesPerActMax: 64,
  /** Copies a target's policy holds at most; the latest are kept. */
  protectedCopiesMax: 500,
  /** Bytes of one question that a guarded shell asks. */
  shellFrameBytesMax: 256 * 1024,
  /** Seconds a guarded shell waits for one verdict; then it refuses by itself. */
  shellVerdictSeconds: 30,
  /** Seconds it waits for its turn to ask. */
  shellTurnSeconds: 5,
  /** Milliseconds until a guarded shell has shown its first prompt. */
  shellStartMillis: 20_000,
  /** The same for one behind a password that somebody types. */
  nestedShellStartMillis: 120_000,
  /** Bytes that may go in before such a shell asks: passwords. */
  earlyTypedBytesMax: 1024,
  /** The same in lines. */
  /** Lines of the same. */
  earlyTypedLinesMax: 3,
  /** Milliseconds after which what was typed goes on to the shell when no question came of an Enter. */
  shellEnterMillis: 700,
  /** The same for what goes on to its program. */
  shellProgramMillis: 300,
  /** Bytes typed ahead that wait at the gateway. */
  shellTypedBytesMax: 256 * 1024,
  /** Columns of the terminal in which a recording is read and replayed; a wider one is cut to these. */
  replayColumnsMax: 500,
  /** Rows of the same. */
  replayRowsMax: 200,
  /** Characters of output that are looked at together when a recording is read. */
  replayPieceCharactersMax: 16 * 1024,
  /** Markers of one replay; the number of those left out is shown. */
  replayMarkersMax: 10_000,
  /** Milliseconds between two looks for what became durable of a session that is watched. */
  liveLookMillis: 250,
  /** Looks between two readings of the signed log for what went past the write-ahead log; each in vain doubles it. */
  liveLogTurns: 8,
  /** The same at most. */
  liveLogTurnsMax: 240,
  /** Looks after which it is asked again whether the watcher still may watch, and the session still goes on. */
  liveRecheckTurns: 4,
  /** Watchers of live sessions at once, of all sessions together. */
  liveWatchersMax: 50,
  /** The same of one person. */
  livePerPersonMax: 5,
  /** Markers of what happened so far that a watcher is given at the beginning. */
  liveMarkersMax: 200,
  /** Hours a view of a replay may go on until it is asked for, and noted, anew. */
  replayViewHours: 12,
  /** Characters of one line of a transcript; a longer one is cut into lines that overlap. */
  transcriptLineCharactersMax: 16 * 1024,
  /** Overwritten lines of a screen that are remembered, so that each is in the transcript once. */
  transcriptRecentLinesMax: 4_000,
  /** Bytes of one record of what is derived from recordings, unpacked. */
  derivedRecordBytesMax: 64 * 1024 * 1024,
  /** Bytes of frames on their way to the thread that reads recordings. */
  derivedFramesBytesMax: 4 * 1024 * 1024,
  /** Characters of a search. */
  searchQueryCharactersMax: 100,
  /** Words of a search. */
  searchWordsMax: 8,
  /** Hits of one page of a search. */
  searchHitsMax: 50,
  /** Hits of one work session on a page of a search, unless it is about that session alone. */
  searchHitsPerSessionMax: 5,
  /** Milliseconds a search may take before it answers with what it has and says so. */
  searchMillisMax: 2_000,
  /** Searches that one person may make in a minute. */
  searchesPerMinuteMax: 60,
  /** Characters of one block of the search index. */
  searchBlockCharacters: 8 * 1024,
  /** Blocks of one segment of the search index when it is made. */
  searchSegmentBlocksMax: 2_048,
  /** Segments of like size that are made one. */
  searchSegmentsMerged: 8,
  /** Blocks of one segment of the search index at most. */
  searchMergedBlocksMax: 262_144,
  /** Files of one evidence bundle. */
  bundleFilesMax: 2_000_000,
  /** Bytes of one file of an evidence bundle, unpacked. */
  bundleFileBytesMax: 512 * 1024 * 1024,
  /** Days before its end at which a contract is told to end. */
  contractNoticeDays: 1,
  /** Days before its end at which a grant is told to end. */
  grantNoticeDays: 7,
  /** Days an access review may take. */
  reviewDaysMax: 180,
  /** Items of one access review. */
  reviewItemsMax: 5_000,
  /** Days before its end at which owners are reminded of an access review. */
  reviewRemindDays: 3,
  /** Days after its end at which grants that nobody decided on are held. */
  reviewHoldDays: 7,
  /** Business hours after which a rung of a ladder is taken at the latest. */
  ladderHoursMax: 1_000,
  /** Seconds between two looks for what fell due, at most. */
  upkeepSecondsMax: 300,
  /** Seconds until the second try of a message; each wait is twice the one before it. */
  deliveryDelaySeconds: 30,
  /** Seconds between two tries of a message at most. */
  deliveryDelaySecondsMax: 3_600,
  /** Tries of a message until it is a dead letter; sending it again gives as many. */
  deliveryTriesMax: 16,
  /** Seconds one try of a message may take. */
  deliveryTrySeconds: 30,
  /** Seconds after which a try nobody finished is taken up by the next one. */
  deliveryLeaseSeconds: 120,
  /** Bytes of a webhook's answer that are read. */
  webhookAnswerBytesMax: 16 * 1024,
  /** Webhooks of one configuration. */
  webhooksMax: 50,
  /** Days a message that was sent stays listed. */
  deliveriesKeptDays: 90,
  /** Receivers whose links stand in one message to a room. */
  linksPerMessageMax: 20,
  /** Hours a link in a message may be good for. */
  linkHoursMax: 720,
  /** Links that one person may open in a minute. */
  linksPerMinuteMax: 30,
  /** Days of the queue of sessions without a ticket and tickets without a session that are listed at once. */
  unmatchedDaysMax: 31,
  /** Characters of what names the thing to lock. */
  lockSubjectCharactersMax: 200,
  /** Seconds a clean shutdown may take before it becomes a hard one. */
  shutdownSeconds: 25,
  /** Seconds in which a browser that comes from the console has to enter a site. */
  siteCodeSeconds: 60,
  /** Bytes of an answer that are read ahead of the browser. */
  siteReadBytes: 512 * 1024,
  /** Milliseconds for which one visit's signed token is used again; it is good for a minute. */
  siteTokenKeptMs: 5_000,
  /** Bytes of all header lines of a request to a site, or of its answer. */
  siteHeaderBytesMax: 32 * 1024,
  /** Seconds for the header lines of a request to a site. */
  siteHeadersSeconds: 15,
  /** Seconds for a request to a site with its body. */
  siteRequestSeconds: 900,
  /** Seconds until a site begins to answer. */
  siteAnswerSeconds: 120,
  /** Connections of browsers to all sites together. */
  siteConnectionsMax: 4_000,
  /** Connections of one visit to its site. */
  siteConnectionsPerVisitMax: 16,
  /** Requests of one visit at once, WebSockets among them. */
  siteExchangesPerVisitMax: 64,
  /** Visits to sites that are open at once. */
  siteVisitsMax: 2_000,
  /** Bytes of a form that are read before it is sent on. */
  siteFormBytesMax: 1024 * 1024,
  /** Bytes of an answer that are judged before the first of them is shown. */
  siteHeldBytesMax: 1024 * 1024,
  /** Milliseconds a slow answer is held for that, from its first byte on. */
  siteHeldMs: 2_000,
  /** Bytes of text of one body that the recording keeps. */
  siteBodyKeptBytesMax: 2 * 1024 * 1024,
  /** Bytes that a packed answer may unpack to whatever its ratio is. */
  siteInflatedFreeBytes: 16 * 1024 * 1024,
  /** How many times its packed size an answer may unpack to. */
  siteInflateRatioMax: 200,
  /** Bytes of an answer on their way to the recording at once. */
  siteBytesInFlightMax: 2 * 1024 * 1024,
  /** Bytes of one message of a WebSocket. */
  siteMessageBytesMax: 4 * 1024 * 1024,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };
