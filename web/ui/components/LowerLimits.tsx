import { Stack, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { LoweredLimits } from '../api/ticket-commands.ts';
import type { ExportTicket } from '../api/ticket-schemas.ts';
import { formatMoment } from '../format/dates.ts';
import { positionOf, positionsOf, valueAt } from '../format/lowered.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { assetNames } from './Act.tsx';
import { useLocale } from './use-locale.ts';

const MINUTE_MS = 60_000;

interface Props {
  readonly ticket: ExportTicket;
  /** When the page was opened: a window that has begun is shortened from there on. */
  readonly now: number;
  readonly lowered: LoweredLimits;
  readonly onChange: (lowered: LoweredLimits) => void;
}

/** The limits of an export, each of which the approver may lower and not raise; and what is then allowed, in a sentence. */
export function LowerLimits({ ticket, now, lowered, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const count = (value: number): string => formatCount(value, locale);
  const set = (key: 'rowsMax' | 'bytesMax' | 'usesMax') => (value: number) => {
    const { [key]: _, ...rest } = lowered;
    onChange(value === ticket[key] ? rest : { ...rest, [key]: value });
  };
  return (
    <fieldset className="limits">
      <legend>{t('ticket.limits')}</legend>
      <Text size="sm" c="dimmed">
        {t('ticket.limits.help')}
      </Text>
      <Stack gap="xs" mt="xs">
        <Slider
          {...{ label: t('ticket.rowsMax'), max: ticket.rowsMax, value: lowered.rowsMax ?? ticket.rowsMax }}
          {...{ show: count, onChange: set('rowsMax') }}
        />
        <Slider
          {...{ label: t('ticket.bytesMax'), max: ticket.bytesMax, value: lowered.bytesMax ?? ticket.bytesMax }}
          {...{ show: (value: number) => formatBytes(value, locale), onChange: set('bytesMax') }}
        />
        {ticket.usesMax > 1 && (
          <Slider
            {...{ label: t('ticket.uses'), max: ticket.usesMax, value: lowered.usesMax ?? ticket.usesMax }}
            {...{ show: count, onChange: set('usesMax') }}
          />
        )}
        <WindowSlider {...{ ticket, now, lowered, onChange }} />
      </Stack>
      <Text mt="sm" fw={600} role="status">
        <Allowed ticket={ticket} lowered={lowered} />
      </Text>
    </fieldset>
  );
}

/** In whole minutes: from the approval, or from when the chosen window can begin. */
function WindowSlider({ ticket, now, lowered, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { notAfter: _after, lastsSeconds: _lasts, ...rest } = lowered;
  if (ticket.lastsSeconds !== null) {
    const max = Math.floor(ticket.lastsSeconds / 60);
    if (max < 2) return null;
    const value = Math.floor((lowered.lastsSeconds ?? ticket.lastsSeconds) / 60);
    return (
      <Slider
        {...{ label: t('ticket.limits.lasts'), max, value }}
        show={(minutes) => t('ticket.limits.minutes', { n: formatCount(minutes, locale) })}
        onChange={(minutes) => onChange(minutes === max ? rest : { ...rest, lastsSeconds: minutes * 60 })}
      />
    );
  }
  const from = Math.max(Date.parse(ticket.notBefore), now);
  const end = Date.parse(ticket.notAfter);
  const max = Math.floor((end - from) / MINUTE_MS);
  if (max < 2) return null;
  const at = (minutes: number): string =>
    minutes === max ? ticket.notAfter : new Date(from + minutes * MINUTE_MS).toISOString();
  const value = Math.round((Date.parse(lowered.notAfter ?? ticket.notAfter) - from) / MINUTE_MS);
  return (
    <Slider
      {...{ label: t('ticket.limits.until'), max, value: Math.min(value, max) }}
      show={(minutes) => formatMoment(at(minutes), locale)}
      onChange={(minutes) => onChange(minutes === max ? rest : { ...rest, notAfter: at(minutes) })}
    />
  );
}

function Allowed({ ticket, lowered }: Pick<Props, 'ticket' | 'lowered'>): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  if (Object.keys(lowered).length === 0) return t('ticket.limits.asAsked');
  const names = assetNames(ticket.judgement);
  const told = {
    rows: formatCount(lowered.rowsMax ?? ticket.rowsMax, locale),
    bytes: formatBytes(lowered.bytesMax ?? ticket.bytesMax, locale),
    uses: formatCount(lowered.usesMax ?? ticket.usesMax, locale),
    assets: names.length === 0 ? t('ticket.consequence.data') : names.join(', '),
    destination: t(`ticket.consequence.to.${ticket.destination}`, {
      requester: ticket.requester.name,
      recipient: ticket.recipient,
    }),
  };
  if (ticket.lastsSeconds === null) {
    return t('ticket.limits.then', { ...told, until: formatMoment(lowered.notAfter ?? ticket.notAfter, locale) });
  }
  const minutes = formatCount(Math.floor((lowered.lastsSeconds ?? ticket.lastsSeconds) / 60), locale);
  return t('ticket.limits.thenLasts', { ...told, minutes });
}

interface SliderProps {
  readonly label: string;
  readonly max: number;
  readonly value: number;
  readonly show: (value: number) => string;
  readonly onChange: (value: number) => void;
}

/** The browser's own slider: its keys and its touch are those everybody knows, and a reader is told the value in words. */
function Slider({ label, max, value, show, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className="limit">
      <label htmlFor={id}>{label}</label>
      <input
        {...{ id, type: 'range', min: 1, max: positionsOf(max), step: 1, value: positionOf(value, max) }}
        aria-valuetext={show(value)}
        onChange={(event) => onChange(valueAt(Number(event.currentTarget.value), max))}
      />
      <output htmlFor={id}>{show(value)}</output>
    </div>
  );
}
