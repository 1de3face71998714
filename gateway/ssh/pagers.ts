/**
 * Set before whatever runs in a terminal of a guarded target: programs that page by themselves (git, systemctl, man) then
 * print instead, for a pager's own prompt runs commands (`!sh`) that no line told the gate.
 */
export const WITHOUT_PAGERS =
  'export PAGER=cat MANPAGER=cat GIT_PAGER=cat SYSTEMD_PAGER=cat SYSTEMD_PAGERSECURE=1 LESSSECURE=1';
