import { type MantineColorScheme, NativeSelect, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ZONES, type ZoneChoice } from '../format/zone.ts';
import { useZone } from './zone.tsx';

export function ZoneSwitch() {
  const { t } = useTranslation();
  const { choice, choose } = useZone();
  return (
    <SegmentedControl<ZoneChoice>
      size="xs"
      aria-label={t('app.zone.choose')}
      value={choice}
      onChange={choose}
      data={ZONES.map((zone) => ({ value: zone, label: t(`app.zone.${zone}`) }))}
    />
  );
}

const SCHEMES = ['auto', 'light', 'dark'] as const;

export function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      size="xs"
      aria-label={t('app.scheme')}
      value={colorScheme}
      onChange={(event) => setColorScheme(chosen(event.currentTarget.value))}
      data={SCHEMES.map((scheme) => ({ value: scheme, label: t(`app.scheme.${scheme}`) }))}
    />
  );
}

function chosen(value: string): MantineColorScheme {
  return SCHEMES.find((scheme) => scheme === value) ?? 'auto';
}
