/** Interpreters: what of their words is code. As data. */
import { isStartupFile } from './environment.ts';

export interface Interpreter {
  readonly tools: RegExp;
  /** Options whose value is code. */
  readonly code: readonly string[];
  /** The code is the first operand, as of awk and sed. */
  readonly operand?: true;
  /** Subcommands and options that run nothing of the person's. */
  readonly harmless: readonly string[];
}

export const SHELLS = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'ksh93',
  'mksh',
  'ash',
  'rbash',
  'fish',
  'csh',
  'tcsh',
  'yash',
  'posh',
  'elvish',
  'nu',
  'xonsh',
  'pwsh',
  'sash',
  'rc',
  'es',
]);

const INTERPRETERS: readonly Interpreter[] = [
  {
    tools: /^(python|pypy)[\d.]*$|^ipython3?$/,
    code: ['-c'],
    harmless: [
      '-V',
      '--version',
      '-VV',
      '--help',
      '-h',
      'json.tool',
      'venv',
      'compileall',
      'py_compile',
      'site',
      'sysconfig',
      'this',
      'calendar',
      'platform',
    ],
  },
  { tools: /^perl[\d.]*$/, code: ['-e', '-E'], harmless: ['-v', '-V', '--version', '-c'] },
  { tools: /^(ruby|irb|jruby)[\d.]*$/, code: ['-e'], harmless: ['-v', '--version'] },
  {
    tools: /^(node|nodejs|deno|bun)$/,
    code: ['-e', '--eval', '-p', '--print', '-pe'],
    harmless: ['-v', '--version', '--help'],
  },
  {
    tools: /^(php|hhvm)[\d.]*$/,
    code: ['-r', '-B', '-R', '-E'],
    harmless: ['-v', '--version', '-m', '-i', '--ini', '-l'],
  },
  { tools: /^(lua|luajit|texlua)[\d.]*$/, code: ['-e'], harmless: ['-v'] },
  {
    tools:
      /^(octave|octave-cli|R|Rscript|julia|guile|gst|scheme|racket|sbcl|clisp|ghci|runghc|swipl|gnuplot|maxima|gforth|tclsh[\d.]*|wish|jshell|groovy|scala|clojure|kotlinc|erl|elixir|iex|raku|rakudo|osascript|gdl|matlab|nim|crystal|v|java|jjs|jrunscript|dotnet|csharp|mono|go|cargo|rustc|ocaml|fsi|dart|emacs-nox|genie|slsh|gimp|blender|rhino|js|qjs|quickjs|xst|hermes)$/,
    code: ['-e', '--eval', '--execute', '-E', '--expr'],
    harmless: [
      '-v',
      '-V',
      '--version',
      'version',
      '-version',
      '--help',
      'env',
      'list',
      'fmt',
      'vet',
      'build',
      '--list-sdks',
      '--info',
    ],
  },
  {
    tools: /^([gmn]?awk|original-awk|busybox-awk)$/,
    code: ['-e', '--source'],
    operand: true,
    harmless: ['-V', '--version', '-W'],
  },
  { tools: /^(g|busybox-)?sed$/, code: ['-e', '--expression'], operand: true, harmless: ['--version', '--help'] },
];

/** Most programs are none. */
const ANY = new RegExp(INTERPRETERS.map(({ tools }) => tools.source).join('|'));

/** What is known of `tool` as an interpreter. */
export function interpreterOf(tool: string): Interpreter | undefined {
  return ANY.test(tool) ? INTERPRETERS.find(({ tools }) => tools.test(tool)) : undefined;
}

/** Whether `tool` runs code of its own language. */
export function isInterpreter(tool: string): boolean {
  return SHELLS.has(tool) || ANY.test(tool);
}

/** Words a short piece of inline code may be made of: reading, printing, counting. Anything else is not judged plain. */
const PLAIN_WORDS = new Set(
  `process stdout write require readFileSync console log fs os path JSON parse stringify length split join map filter
   utf8 utf toString print println printf import sys json time version version_info platform int str len float round
   open read readline readLine readlines load loads dumps stdin argv puts gets lines each first last strip sum max min
   for in if else while do end endwhile endif null None nil true false True False and or not new var let const my use
   br java io BufferedReader FileReader format none fid fopen feof fgetl disp txt fclose line range sorted echo date
   strftime time_t localtime now datetime math sqrt pi return exit say ARGV`.split(/\s+/),
);

/** `do "file"`, `require "./x"`, `load "x"`: words that run another file, except what only reads JSON or a known module. */
const LOADS_CODE = /\bdo\s*\(?\s*["']|\brequire\b(?!\(["'](fs|path|os)["']\))|(?<!\bjson\.)\bloads?\b|\buse\s*["']/;

/**
 * Whether inline code is so plain that its words say all it can do: known words, numbers, plain strings and simple
 * punctuation, with no string built at run time and no escape that hides a name.
 */
export function isPlainCode(code: string): boolean {
  if (code.length > 400 || /[\\`+$&|%^~@]/.test(code)) return false;
  const strings = /"([^"]*)"|'([^']*)'/g;
  for (const match of code.matchAll(strings)) {
    const text = match[1] ?? match[2] ?? '';
    if (!/^[\w./:, -]*$/.test(text) || isStartupFile(text)) return false;
  }
  if (LOADS_CODE.test(code)) return false;
  const bare = code.replace(strings, ' ');
  if (/["'#]/.test(bare) || !/^[\w\s().,;=!<>?:[\]{}*/-]*$/.test(bare)) return false;
  return (bare.match(/[A-Za-z_]\w*/g) ?? []).every((word) => PLAIN_WORDS.has(word) || word.length === 1);
}

const NETWORK =
  /socket|https?\b|urllib|requests?\b|\bftp|smtp|telnet|\bconnect|file_get_contents\s*\(\s*["']\w+:|\bnet\b|dgram|lwp|Net::|\/inet6?\/|\/dev\/(tcp|udp)|\bdns\b|\bmail\b|listen|server|webclient|paramiko|xmlrpc|uri\.open|open-uri/i;
const CARRIERS =
  /(^|[^\w.-])(scp|sftp|rsync|ssh|curl|wget|nc|ncat|netcat|socat|ftp|tftp|mysqldump|pg_dump|mongodump|xclip|sendmail|mutt|rclone|aws|openssl)([^\w-]|$)/;

/** Whether code in an interpreter's own language names the network, or a program that carries bytes away. */
export function speaksOutward(code: string): boolean {
  return NETWORK.test(code) || CARRIERS.test(code);
}

/** Characters of a program of awk or sed that is read; a longer one is not sure to be harmless. */
const PROGRAM_MAX = 4_000;

/** Whether an awk program runs commands, opens sockets or reads files of its own choice. */
export function isActiveAwk(program: string): boolean {
  if (program.length > PROGRAM_MAX) return true;
  const code = program.replace(/"(\\.|[^"\\])*"/g, '""');
  if (/\b(system|getline|ENVIRON|extension)\b|@\w+|\|&/.test(code) || /inet6?\//.test(program)) return true;
  return /\|\s*("|getline|cat|sh\b|[A-Za-z_]\w*\s*(;|\}|$))/.test(
    code.replace(/\|\|/g, ' ').replace(/(^|[\s({,;!~&])\/(\\.|[^/\\\n])+\//g, '$1'),
  );
}

const SED_ADDRESS = /^(\d+|\$|\/(\\.|[^/\\])*\/[IM]*)(\s*[,~+]\s*(\+?\d+|~\d+|\$|\/(\\.|[^/\\])*\/[IM]*))?/;
const SED_TEXT_COMMANDS = /^[aic#rRwW:btTq]/;

/** Whether a sed script runs a command: `e`, or the flag of `s///e`. */
export function isActiveSed(script: string): boolean {
  if (script.length > PROGRAM_MAX) return true;
  let rest = script;
  while (rest !== '') {
    rest = rest
      .replace(/^[\s;{}!]+/, '')
      .replace(SED_ADDRESS, '')
      .replace(/^[\s!]+/, '');
    if (rest.startsWith('{')) continue;
    if (rest.startsWith('e')) return true;
    if (/^[sy]/.test(rest)) {
      const end = endOfSubstitution(rest);
      if (end === undefined) return false;
      const flags = /^[a-zA-Z0-9]*/.exec(rest.slice(end))?.[0] ?? '';
      if (rest.startsWith('s') && flags.includes('e')) return true;
      rest = rest.slice(end + flags.length);
    } else rest = afterCommand(rest);
  }
  return false;
}

function afterCommand(rest: string): string {
  const end = SED_TEXT_COMMANDS.test(rest) ? rest.search(/[\n;}]/) : 1;
  return end === -1 ? '' : rest.slice(Math.max(1, end));
}

function endOfSubstitution(text: string): number | undefined {
  const delimiter = text.charAt(1);
  let seen = 0;
  for (let at = 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === delimiter) seen += 1;
    if (seen === 3) return at + 1;
  }
  return undefined;
}
