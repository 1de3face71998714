import { SimpleGrid } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** Something to act on. */
  readonly isBad?: boolean;
  readonly link?: ReactNode;
}

/** Numbers with their names; one that asks for something is told by its frame and its words, not by colour alone. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: Math.min(figures.length, 4) }} m={0}>
      {figures.map(({ name, value, isBad, link }) => (
        <div key={name} className="figure" data-bad={isBad === true ? '' : undefined}>
          <dt>{name}</dt>
          <dd>
            <span className="figure-value">
              {isBad === true && <span aria-hidden>! </span>}
              {value}
            </span>
            {link !== undefined && <span className="figure-link">{link}</span>}
          </dd>
        </div>
      ))}
    </SimpleGrid>
  );
}
