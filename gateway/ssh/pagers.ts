/**
 * Set before whatever runs in a terminal of a guarded target: programs that page by themselves (git, systemctl, man) then
 * print instead, for a pager's own prompt runs commands (`!sh`) that no line told the gate.
 */
export const WITHOUT_PAGERS =
  'export PAGER=cat MANPAGER=cat GIT_PAGER=cat SYSTEMD_PAGER=cat SYSTEMD_PAGERSECURE=1 LESSSECURE=1';

/** Where the target has less, which runs nothing while LESSSECURE is set (less(1), "SECURITY"): they page by that. */
export const SECURED_PAGERS =
  'export PAGER=less MANPAGER=less GIT_PAGER=less SYSTEMD_PAGER=less SYSTEMD_PAGERSECURE=1 LESSSECURE=1';

/** No line can take the settings away again. */
export const KEPT_SETTINGS = 'readonly LESSSECURE SYSTEMD_PAGERSECURE';
