/** Terminals in the browser, in English. Keys are shared with terminal.ja.ts; a test compares them. */
export const terminalEn = {
  'event.terminal.opened': 'Terminal opened in the browser',
  'event.terminal.resumed': 'Browser came back to its terminal',
  'event.terminal.refused': 'Terminal in the browser refused',
  'field.webSession': 'Sign-in at the console',
  'error.too_many_terminals.message': 'There are as many terminals open in the browser as may be.',
  'error.too_many_terminals.next': 'Close one that you do not need, or come in with ssh.',
  'home.browser': 'Open in the browser',
  'home.browser.named': 'Open in the browser: {{target}}',
  'terminal.title': 'Terminal: {{target}}',
  'terminal.intro':
    'The same session as over SSH: under your own account, recorded from the first key, and judged by the same rules.',
  'terminal.label': 'Terminal on {{target}}',
  'terminal.keys':
    'Copy with Ctrl+Shift+C, paste with Ctrl+Shift+V. More than one line is shown to you before it is pasted.',
  'terminal.state.connecting': 'Connecting…',
  'terminal.state.open': 'Connected',
  'terminal.state.away': 'The connection was cut. Trying again; the session waits for a minute.',
  'terminal.state.ended': 'The session has ended.',
  'terminal.state.lost': 'The session was not reached in time and has ended.',
  'terminal.again': 'Open a new one',
  'terminal.leave': 'End the session',
  'terminal.paste.title': 'Paste {{n}} lines?',
  'terminal.paste.body': 'Each line end runs what stands before it. Read it first.',
  'terminal.paste.leftOut': 'Control characters that nobody would have seen were left out: {{n}}.',
  'terminal.paste.preview': 'What will be pasted',
  'terminal.paste.go': 'Paste',
} as const;
