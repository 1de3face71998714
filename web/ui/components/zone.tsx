import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { ZONE_KEPT, type ZoneChoice, zoneChoice } from '../format/zone.ts';

interface Zone {
  readonly choice: ZoneChoice;
  readonly choose: (choice: ZoneChoice) => void;
}

const ZoneContext = createContext<Zone>({ choice: 'local', choose: () => undefined });

/** In which zone times are shown and typed. Pages read it when they are drawn, so a change draws them anew. */
export function ZoneProvider({ children }: { readonly children: ReactNode }) {
  const [choice, setChoice] = useState<ZoneChoice>(zoneChoice);
  const zone = useMemo(
    () => ({
      choice,
      choose: (chosen: ZoneChoice) => {
        localStorage.setItem(ZONE_KEPT, chosen);
        setChoice(chosen);
      },
    }),
    [choice],
  );
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

export const useZone = (): Zone => useContext(ZoneContext);
