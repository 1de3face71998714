/** Names whose value makes a later command run something else, and files that do the same. */
const ENVIRONMENT =
  /^(PROMPT_COMMAND|BASH_ENV|ENV|LD_\w+|GCONV_PATH|SHELLOPTS|BASHOPTS|PS[0-4]|PATH|IFS|CDPATH|HISTFILE|INPUTRC|PERL5OPT|PERL5LIB|PERL5DB|PYTHON(PATH|STARTUP|HOME|INSPECT)|RUBYOPT|RUBYLIB|NODE_OPTIONS|NODE_PATH|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|LESSOPEN|LESSCLOSE|PAGER|MANPAGER|GIT_(SSH\w*|PAGER|EDITOR|EXTERNAL_DIFF|ASKPASS|CONFIG\w*|EXEC_PATH|PROXY_COMMAND|SEQUENCE_EDITOR)|EDITOR|VISUAL|FCEDIT|SUDO_ASKPASS|SUDO_EDITOR|SSH_ASKPASS|RSYNC_RSH|TAR_OPTIONS|GREP_OPTIONS|ZDOTDIR|XDG_CONFIG_HOME|BROWSER|SYSTEMD_(PAGER|EDITOR)|MYSQL_HISTFILE|PSQL_\w+|PGSERVICEFILE|TERMINFO\w*|MAIL_?CHECK|MAILPATH|COMMAND_NOT_FOUND\w*|BASH_FUNC_.*|BASH_XTRACEFD|HISTCONTROL_X|AWKPATH|AWKLIBPATH|LUA_\w+|OPENSSL_CONF|CURL_HOME|LISTEN_FDS|INFO_PRINT_COMMAND|WGETRC|VIMINIT|EXINIT|SHELL)$/;

/**
 * How a variable acts. `loads`: it makes programs load code or run others. `code`: its value is run. `program`: its value
 * is a command that others run. `prompt`: substitutions in its value run. `path`: it says where names are looked up.
 * `secure`: any other value than 1 opens what the gate closed.
 */
export type VariableKind = 'loads' | 'code' | 'program' | 'prompt' | 'path' | 'secure';

const PROGRAMS =
  /^(\w*PAGER|\w*EDITOR|VISUAL|FCEDIT|SHELL|BROWSER|GIT_(SSH_COMMAND|SSH|PROXY_COMMAND)|RSYNC_RSH|\w*ASKPASS)$/;

/** How setting `name` can make a later, harmless looking command run something else; undefined when it cannot. */
export function kindOfVariable(name: string): VariableKind | undefined {
  if (/^(LESSSECURE|SYSTEMD_PAGERSECURE)$/.test(name)) return 'secure';
  if (!ENVIRONMENT.test(name) || name === 'IFS' || name === 'HISTFILE') return undefined;
  if (name === 'PROMPT_COMMAND') return 'code';
  if (name === 'PATH') return 'path';
  if (/^PS[0-4]$/.test(name)) return 'prompt';
  return PROGRAMS.test(name) ? 'program' : 'loads';
}

/** Programs that print and nothing else, and shells of the system, which are judged when they run. */
export const PLAIN_PROGRAM = /^(|((\/usr)?\/bin\/)?(cat|true|sh|bash|rvim|rnano))$/;

const PLAIN_PATH =
  /^(\$PATH|\$\{PATH\}|(\/usr(\/local)?)?\/s?bin|\/snap\/bin|\/opt\/[\w.-]+\/s?bin)(:(\$PATH|\$\{PATH\}|(\/usr(\/local)?)?\/s?bin|\/snap\/bin|\/opt\/[\w.-]+\/s?bin))*$/;

/** Whether a search path names only directories of the system. */
export function isPlainPath(value: string): boolean {
  return PLAIN_PATH.test(value);
}

const STARTUP_FILE =
  /(^|\/)(\.(bashrc|bash_(profile|login|logout|aliases)|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc|login|inputrc|vimrc|exrc|gdbinit|psqlrc|my\.cnf|mylogin\.cnf|sqliterc|npmrc|netrc|curlrc|wgetrc|gitconfig|lesskey|lessfilter|screenrc|tmux\.conf|perldb|pythonrc|irbrc|nanorc|mailrc|forward|procmailrc|pam_environment|rhosts|shosts)|\.ssh\/(authorized_keys2?|config|rc|environment)|\.config\/(fish|git)\/\w+)$|^\/etc\/(profile|bash\.bashrc|bashrc|environment|ld\.so\.preload|sudoers|crontab|rc\.local|inputrc|inittab|zshrc)$|^\/etc\/(profile\.d|cron\.[a-z]+|sudoers\.d|ld\.so\.conf\.d|systemd\/\w+|init\.d|pam\.d)\/|^\/var\/spool\/(cron|at)\//;

/** A file that a shell, cron or sshd reads and acts on by itself. */
export function isStartupFile(path: string): boolean {
  return STARTUP_FILE.test(path);
}

/** Of those, what the system, cron or sshd runs: for other people, at other times, or before anybody signs in. */
export function isRunBySystem(path: string): boolean {
  return (
    path.startsWith('/etc/') ||
    path.startsWith('/var/spool/') ||
    /(^|\/)\.(ssh\/|rhosts$|shosts$|forward$|procmailrc$)/.test(path)
  );
}
