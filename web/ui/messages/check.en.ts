/** The check of an evidence bundle in a browser: in the console, and in the page that comes with a bundle. */
export const checkEn = {
  'nav.check': 'Check evidence',
  'check.title': 'Check an evidence bundle',
  'check.choose': 'Choose a file',
  'check.intro':
    'The bundle is read and checked in this browser. Nothing of it leaves this computer, and no gateway is asked.',
  'check.trust':
    'Whoever made the bundle could have changed the page beside it. Use a page, or verify.py, that you have from elsewhere.',
  'check.bundle': 'Evidence bundle (.zip)',
  'check.policy': 'Your own policy file',
  'check.policy.note':
    'Names the logs and the outside witnesses that you trust. Without it the best answer is VERIFIED-UNWITNESSED.',
  'check.held': 'Checkpoints that you have from elsewhere (optional)',
  'check.clear': 'Take away: {{what}}',
  'check.start': 'Check the bundle',
  'check.files': 'Files of the bundle: {{done}} of {{total}}',
  'check.log': 'Entries of the log: {{done}} of {{total}}',
  'check.objects': 'Sealed chunks: {{done}} of {{total}}',
  'check.ledger': 'Export ledger: {{done}} of {{total}}',
  'check.failed': 'Your own policy or checkpoint cannot be used: {{why}}',
  'check.asked.sessions': 'Asked for: sessions {{sessions}}',
  'check.asked.period': 'Asked for: everything from {{from}} to {{to}}',
  'check.logOf': 'Log {{origin}}, {{size}} entries; cosigned by: {{by}}',
  'check.noLog': 'The log could not be judged.',
  'check.session': 'Work session {{sid}}: {{frames}} frames, {{chunks}} chunks, {{bytes}} bytes',
  'check.more': '{{n}} more findings',
  'check.VERIFIED.meaning':
    'Everything asked for is there and is what was logged, and the witnesses of your policy cosigned the log.',
  'check.VERIFIED-UNWITNESSED.meaning':
    'Everything asked for is there and is what was logged, but nobody outside vouches for it by a policy of yours. Whoever holds the log’s key could have written all of it anew.',
  'check.INCOMPLETE.meaning':
    'Something that belongs there is missing, so nothing is proven. This is NOT a confirmation.',
  'check.TAMPERED.meaning': 'Something is not what was logged. Do not rely on it.',
} as const;
