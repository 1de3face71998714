import { Anchor, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const FILES = ['transcript', 'commands', 'cast3', 'cast2'] as const;

/** What may be taken along. Each download is noted by the gateway when it is asked for. */
export function Exports({ sessionId }: { readonly sessionId: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text>{t('replay.exports.note')}</Text>
      <List spacing="sm" listStyleType="none">
        {FILES.map((file) => (
          <List.Item key={file}>
            <Anchor underline="always" href={`/api/sessions/${encodeURIComponent(sessionId)}/exports/${file}`} download>
              {t(`replay.exports.${file}`)}
            </Anchor>
            <Text size="sm" c="dimmed">
              {t(`replay.exports.${file}.for`)}
            </Text>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
