import type { ReactNode } from 'react';

/** A row of links that choose what the list shows; the choice is in the address, so it can be kept and sent. */
export function BoxTabs({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav className="main-nav" aria-label={label}>
      <ul>{children}</ul>
    </nav>
  );
}
