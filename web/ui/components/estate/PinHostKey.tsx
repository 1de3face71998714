import { Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type TargetEntry, usePinHostKey } from '../../api/estate.ts';
import { Confirm } from '../Confirm.tsx';

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** The fingerprint is typed and never offered: what the page knows, whoever stands in between may have told it. */
export function PinHostKey(props: {
  readonly target: TargetEntry;
  readonly onDone: (text: string) => void;
}): ReactElement {
  const { t } = useTranslation();
  const { id, name } = props.target;
  const [typed, setTyped] = useState('');
  const fingerprint = typed.trim();
  const pin = usePinHostKey(id);
  const isOne = FINGERPRINT.test(fingerprint);
  return (
    <Stack maw={760}>
      <Text size="sm">{t('target.pin.intro')}</Text>
      <TextInput
        label={t('target.pin.fingerprint')}
        placeholder="SHA256:…"
        className="mono"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        error={fingerprint !== '' && !isOne ? t('target.pin.wrong') : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {isOne && (
        <div>
          <Confirm
            label={t('target.pin.do', { name })}
            title={t('target.pin.do', { name })}
            body={fingerprint}
            step={{ ...pin, mutateAsync: (reason) => pin.mutateAsync({ fingerprint, reason }) }}
            reasonLabel={t('target.pin.reason')}
            danger
            onDone={() => {
              setTyped('');
              props.onDone(t('target.pin.done', { name }));
            }}
          />
        </div>
      )}
    </Stack>
  );
}
