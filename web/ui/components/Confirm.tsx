import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './Failure.tsx';

interface Step {
  readonly mutateAsync: (reason: string) => Promise<unknown>;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly reset: () => void;
}

interface ConfirmProps {
  readonly label: string;
  readonly accessibleName?: string;
  readonly title: string;
  readonly body: string;
  readonly step: Step;
  /** The label of the field for a required reason; none is asked for without it. */
  readonly reasonLabel?: string;
  /** Characters of a reason; 2,000 unless told. */
  readonly reasonMax?: number;
  /** What is passed when no reason is asked for. */
  readonly value?: string;
  readonly danger?: boolean;
  readonly onDone?: () => void;
}

/** A button that asks once more before it does what cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const begin = (): void => {
    props.step.reset();
    open();
  };
  return (
    <>
      <Button variant="default" onClick={begin} aria-label={props.accessibleName}>
        {props.label}
      </Button>
      <Modal.Root opened={opened} onClose={close} centered>
        <Modal.Overlay />
        <Modal.Content>
          <Modal.Body>
            <Modal.Title fw={650} fz="lg" lh={1.4} mt="sm" mb="sm">
              {props.title}
            </Modal.Title>
            <ConfirmForm {...props} close={close} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  );
}

function ConfirmForm(props: ConfirmProps & { readonly close: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const missing = props.reasonLabel !== undefined && reason.trim() === '';
  const confirm = async (): Promise<void> => {
    setTried(true);
    if (missing) return;
    await props.step.mutateAsync(props.reasonLabel === undefined ? (props.value ?? '') : reason.trim());
    props.close();
    props.onDone?.();
  };
  return (
    <Stack>
      <Text>{props.body}</Text>
      {props.reasonLabel !== undefined && (
        <Textarea
          label={props.reasonLabel}
          required
          autosize
          minRows={2}
          maxLength={props.reasonMax ?? 2_000}
          value={reason}
          error={tried && missing ? t('common.required') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {props.step.error !== null && <Failure error={props.step.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={props.close}>
          {t('common.cancel')}
        </Button>
        <Button
          color={props.danger === true ? 'red' : 'indigo'}
          loading={props.step.isPending}
          onClick={() => void confirm().catch(() => undefined)}
        >
          {props.label}
        </Button>
      </Group>
    </Stack>
  );
}
