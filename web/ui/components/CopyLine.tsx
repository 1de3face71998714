import { Button, CopyButton, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A line to take to the terminal. */
export function CopyLine({ line }: { readonly line: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" align="center">
      <code className="mono">{line}</code>
      <CopyButton value={line} timeout={2_000}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy} aria-label={`${t('common.copy')}: ${line}`}>
            <span aria-live="polite">{copied ? t('common.copied') : t('common.copy')}</span>
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
