import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRevokeCertificate } from '../api/commands.ts';
import { useCertificates } from '../api/queries.ts';
import type { Certificate } from '../api/schemas.ts';
import { Answer } from './Answer.tsx';
import { Confirm } from './Confirm.tsx';
import { Done } from './Done.tsx';
import { Empty, Facts } from './Page.tsx';
import { Moment } from './Texts.tsx';

/** The certificates of `sekisho login` that stand, each with its end. */
export function Certificates() {
  const { t } = useTranslation();
  const certificates = useCertificates();
  const [revoked, setRevoked] = useState(0);
  return (
    <Stack>
      <Text>{t('certificates.intro')}</Text>
      {revoked > 0 && <Done text={t('certificates.revoked')} />}
      <Answer query={certificates}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('certificates.none')} />
          ) : (
            <>
              {list.map((one) => (
                <CertificateCard key={one.serial} certificate={one} onRevoked={() => setRevoked((n) => n + 1)} />
              ))}
            </>
          )
        }
      </Answer>
    </Stack>
  );
}

function CertificateCard(props: { readonly certificate: Certificate; readonly onRevoked: () => void }) {
  const { t } = useTranslation();
  const { certificate } = props;
  const revoke = useRevokeCertificate();
  const used = certificate.lastUsedAt;
  return (
    <Paper withBorder p="md" component="article">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Title order={3} size="h4">
          <Moment at={certificate.issuedAt} />
        </Title>
        <Confirm
          label={t('keys.revoke')}
          accessibleName={t('certificates.revokeNamed', { serial: certificate.serial })}
          title={t('certificates.revoke.title')}
          body={t('certificates.revoke.body')}
          step={revoke}
          value={certificate.serial}
          danger
          onDone={props.onRevoked}
        />
      </Group>
      <Facts
        rows={[
          [t('ssh.source'), <span className="mono">{certificate.sourceAddress}</span>],
          [t('keys.fingerprint'), <span className="mono">{certificate.fingerprint}</span>],
          [t('certificates.serial'), <span className="mono">{certificate.serial}</span>],
          [t('keys.expiresAt'), <Moment at={certificate.expiresAt} />],
          [t('keys.lastUsed'), used === null ? t('keys.notUsed') : <Moment at={used} />],
        ]}
      />
    </Paper>
  );
}
