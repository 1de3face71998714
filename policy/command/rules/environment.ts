/** Names whose value makes a later command run something else, and files that do the same. */
const ENVIRONMENT =
  /^(PROMPT_COMMAND|BASH_ENV|ENV|LD_\w+|GCONV_PATH|SHELLOPTS|BASHOPTS|PS[0-4]|PATH|IFS|CDPATH|HISTFILE|INPUTRC|PERL5OPT|PERL5LIB|PERL5DB|PYTHON(PATH|STARTUP|HOME|INSPECT)|RUBYOPT|RUBYLIB|NODE_OPTIONS|NODE_PATH|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|LESSOPEN|LESSCLOSE|PAGER|MANPAGER|GIT_(SSH\w*|PAGER|EDITOR|EXTERNAL_DIFF|ASKPASS|CONFIG\w*|EXEC_PATH|PROXY_COMMAND|SEQUENCE_EDITOR)|EDITOR|VISUAL|FCEDIT|SUDO_ASKPASS|SUDO_EDITOR|SSH_ASKPASS|RSYNC_RSH|TAR_OPTIONS|GREP_OPTIONS|ZDOTDIR|XDG_CONFIG_HOME|BROWSER|SYSTEMD_(PAGER|EDITOR)|MYSQL_HISTFILE|PSQL_\w+|PGSERVICEFILE|TERMINFO\w*|MAIL_?CHECK|MAILPATH|COMMAND_NOT_FOUND\w*|BASH_FUNC_.*|BASH_XTRACEFD|HISTCONTROL_X|AWKPATH|AWKLIBPATH|LUA_\w+|OPENSSL_CONF|CURL_HOME|WGETRC|VIMINIT|EXINIT|SHELL)$/;

/** Setting these to plain text changes nothing that runs. */
const HARMLESS_TEXT = /^(PS[0-4]|HISTFILE|IFS|PAGER|MANPAGER|SYSTEMD_PAGER|EDITOR|VISUAL|PATH|SHELL)$/;
const PLAIN_PAGERS = /^(|cat|\/usr\/bin\/cat|\/bin\/cat)$/;
const PLAIN_PATH =
  /^(\$PATH|\$\{PATH\}|(\/usr(\/local)?)?\/s?bin|\/snap\/bin|\/opt\/[\w.-]+\/s?bin)(:(\$PATH|\$\{PATH\}|(\/usr(\/local)?)?\/s?bin|\/snap\/bin|\/opt\/[\w.-]+\/s?bin))*$/;

/** Whether setting `name` to `value` can make a later, harmless looking command run something else. */
export function isControlVariable(name: string, value: string): boolean {
  if (!ENVIRONMENT.test(name)) return false;
  if (!HARMLESS_TEXT.test(name)) return true;
  if (/^PS[0-4]$/.test(name)) return /[`$(]/.test(value.replace(/\$\{?\w+\}?/g, ''));
  if (name === 'PATH') return !PLAIN_PATH.test(value);
  if (name === 'IFS' || name === 'HISTFILE') return false;
  return !PLAIN_PAGERS.test(value);
}

const STARTUP_FILE =
  /(^|\/)(\.(bashrc|bash_(profile|login|logout|aliases)|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc|login|inputrc|vimrc|exrc|gdbinit|psqlrc|my\.cnf|mylogin\.cnf|sqliterc|npmrc|netrc|curlrc|wgetrc|gitconfig|lesskey|lessfilter|screenrc|tmux\.conf|perldb|pythonrc|irbrc|nanorc|mailrc|forward|procmailrc|pam_environment|rhosts|shosts)|\.ssh\/(authorized_keys2?|config|rc|environment)|\.config\/(fish|git)\/\w+)$|^\/etc\/(profile|bash\.bashrc|bashrc|environment|ld\.so\.preload|sudoers|crontab|rc\.local|inputrc|inittab|zshrc)$|^\/etc\/(profile\.d|cron\.[a-z]+|sudoers\.d|ld\.so\.conf\.d|systemd\/\w+|init\.d|pam\.d)\/|^\/var\/spool\/(cron|at)\//;

/** A file that a shell, cron or sshd reads and acts on by itself. */
export function isStartupFile(path: string): boolean {
  return STARTUP_FILE.test(path);
}
