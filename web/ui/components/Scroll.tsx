import type { ReactNode } from 'react';

/** Wide content scrolls inside its own frame, by keyboard too, so that the page never does sideways. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="table-scroll" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
