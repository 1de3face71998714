import { Button, CopyButton, Group, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A line to take to the terminal. */
export function CopyLine({ line }: { readonly line: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" align="center">
      <code className="mono">{line}</code>
      <CopyButton value={line} timeout={2_000}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy}>
            <span aria-live="polite">{copied ? t('common.copied') : t('common.copy')}</span>
            <VisuallyHidden>{line}</VisuallyHidden>
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
