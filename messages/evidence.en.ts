/** Evidence bundles and what a check of one found, in English. */
export const evidenceEn = {
  'bundle.made':
    '{out}: {files} files, {sessions} sessions, the log as far as leaf {size}. Check it: sekisho verify {out}',
  'bundle.no_database': 'Without the database the bundle has no events and no names.',
  'bundle.missing': '{path} belongs into the bundle and is not there: the check will say INCOMPLETE.',
  'bundle.scope.sessions': 'Asked for: sessions {sessions}',
  'bundle.scope.period': 'Asked for: everything from {from} to {to}',
  'bundle.readme.title': '# Evidence bundle of a Sekisho gateway',
  'bundle.readme.what':
    'Made {made} by {build}. {about}. It holds the whole transparency log up to a signed checkpoint, the ledger of exports, the sealed recordings, and what is needed to check them. Nobody has to be asked and nothing has to be fetched.',
  'bundle.readme.how':
    'Check it with the program, `sekisho verify BUNDLE.zip --policy YOUR-POLICY`, or without any program of ours: `python3 verify.py BUNDLE.zip --policy YOUR-POLICY`. Without installing anything: open `verify.html` in a browser and choose the bundle; it sends nothing anywhere. verify.py is one file of plain Python that you can read; take either from an earlier delivery, not from a bundle you doubt.',
  'bundle.readme.policy':
    'YOUR-POLICY is the policy file you were given at the time of the contract. It names the log and the witnesses whose word counts. The file `policy` in this bundle is the word of those whom the evidence is about: compare it with yours, and do not use it instead. If you run a witness, add what it cosigned last: `--held CHECKPOINT`.',
  'bundle.readme.words': 'The first line of the answer is one of four words:',
  'bundle.readme.VERIFIED':
    '- **VERIFIED** (exit code 0): everything that was asked for is there and is what was logged, and the witnesses of your policy cosigned the log.',
  'bundle.readme.VERIFIED-UNWITNESSED':
    '- **VERIFIED-UNWITNESSED** (3): the same, but nobody outside vouches for it. Whoever holds the log’s key could have written all of it anew.',
  'bundle.readme.INCOMPLETE':
    '- **INCOMPLETE** (2): something that should be there is not. This is not good news. Ask for what is listed.',
  'bundle.readme.TAMPERED': '- **TAMPERED** (1): something is not what was logged. The lines below say what and where.',
  'bundle.readme.read':
    'Recordings are encrypted. Whoever holds one of the keys they were made for can read them; keys wrapped for the receiver of this bundle, where there are any, stand in `recipient/`, the names behind the pseudonyms in `names.age` (age files, age-encryption.org).',
  'bundle.readme.formats':
    'The formats are public: log and checkpoints are those of c2sp.org (tlog-tiles, signed-note, tlog-cosignature, tlog-policy), the ledger is a Sigsum log, the rest is described in docs/formats of the program. `sha256sum -c SHA256SUMS` checks the files alone, which proves nothing about the log.',
  'evidence.VERIFIED':
    'Everything asked for is there and is what was logged; the witnesses of your policy cosigned the log.',
  'evidence.VERIFIED-UNWITNESSED':
    'Everything asked for is there and is what was logged, but no outsider of your own policy vouches for the log: whoever holds its key could have written all of it anew.',
  'evidence.INCOMPLETE': 'Something that should be there is not, so this proves nothing. It is not good news.',
  'evidence.TAMPERED': 'Something is not what was logged.',
  'evidence.more': '  and {count} more findings (--json prints all)',
  'evidence.log': 'Log: {origin}, {size} leaves, the newest of {newest}; cosigned by: {by}',
  'verify.session': 'Session {session}: {frames} frames, {bytes} bytes of chunks',
  'evidence.policy': 'Policy applied: SHA-256 {policy}',
  'evidence.session': 'Session {sid}: {frames} frames in {chunks} chunks ({bytes} bytes), {opened} to {closed}',
  'evidence.events': 'Events: {shown} shown; {logged} in the log for what was asked',
  'evidence.ledger': 'Ledger of exports: {records} of {size} records shown',
} as const;
