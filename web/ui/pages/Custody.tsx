import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isNotYours } from '../api/client.ts';
import {
  type Custody,
  type Erasure,
  type Hold,
  type Stream,
  STREAMS,
  useCustody,
  useDecideErasure,
  usePlaceHold,
  useRelease,
  useRequestErasure,
} from '../api/custody.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Done } from '../components/Done.tsx';
import { Failure } from '../components/Failure.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { Moment, Visible } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';
import { formatMoment } from '../format/dates.ts';

type OnDone = (text: string) => void;

/** What keeps recordings from being erased, and what was erased: two people, and the log says so for good. */
export function CustodyPage(): ReactElement {
  const { t } = useTranslation();
  const custody = useCustody();
  const [done, setDone] = useState('');
  return (
    <Page title={t('custody.title')} intro={t('custody.intro')}>
      {done !== '' && <Done text={done} />}
      <Answer
        query={custody}
        refused={(error) => (isNotYours(error) ? <Empty text={t('custody.refused')} /> : <Failure error={error} />)}
      >
        {(data) => (
          <Stack gap="lg">
            <Part title={t('custody.holds')}>
              <Stack>
                {data.holds.length === 0 && <Empty text={t('custody.holds.none')} />}
                {data.holds.map((hold) => (
                  <OneHold key={hold.id} hold={hold} names={data.names} onDone={setDone} />
                ))}
                <HoldForm onDone={setDone} />
              </Stack>
            </Part>
            <Part title={t('custody.erasures')}>
              <Stack>
                {data.erasures.length === 0 && <Empty text={t('custody.erasures.none')} />}
                {data.erasures.map((erasure) => (
                  <OneErasure key={erasure.id} erasure={erasure} custody={data} onDone={setDone} />
                ))}
                <ErasureForm onDone={setDone} />
              </Stack>
            </Part>
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function SessionLink({ id }: { readonly id: string }) {
  return (
    <Link to="/sessions/$id" params={{ id }} className="mono" style={{ overflowWrap: 'anywhere' }}>
      {id}
    </Link>
  );
}

function OneHold({
  hold,
  names,
  onDone,
}: {
  readonly hold: Hold;
  readonly names: Custody['names'];
  readonly onDone: OnDone;
}) {
  const { t } = useTranslation();
  const release = useRelease(hold.session);
  return (
    <div>
      <SessionLink id={hold.session} />
      <Text>
        {names[hold.placedBy] ?? hold.placedBy}, <Moment at={hold.placedAt} />
      </Text>
      <Text>
        {t('custody.reason')}: <Visible text={hold.reason} />
      </Text>
      <Confirm
        label={t('custody.release')}
        accessibleName={t('custody.release.named', { session: hold.session })}
        title={t('custody.release.title')}
        body={t('custody.release.body')}
        reasonLabel={t('custody.reason')}
        step={release}
        onDone={() => onDone(t('custody.released'))}
      />
    </div>
  );
}

function OneErasure(props: { readonly erasure: Erasure; readonly custody: Custody; readonly onDone: OnDone }) {
  const { t } = useTranslation();
  const { erasure, custody, onDone } = props;
  const approve = useDecideErasure(erasure.id, 'approved');
  const reject = useDecideErasure(erasure.id, 'rejected');
  const decided = (): void => onDone(t('custody.decided'));
  return (
    <div>
      <SessionLink id={erasure.session} />
      <Text fw={600}>
        {t(`custody.stream.${erasure.stream}`)}: <State erasure={erasure} names={custody.names} />
      </Text>
      <Text>
        {custody.names[erasure.requestedBy] ?? erasure.requestedBy}, <Moment at={erasure.requestedAt} />
      </Text>
      <Text>
        {t('custody.reason')}: <Visible text={erasure.reason} />
      </Text>
      <Text>
        {t('custody.basis')}: <Visible text={erasure.basis} />
      </Text>
      {erasure.verdict === null && erasure.requestedBy === custody.me && <Text>{t('custody.own')}</Text>}
      {erasure.verdict === null && erasure.requestedBy !== custody.me && (
        <Group mt="xs">
          <Confirm
            danger
            label={t('custody.approve')}
            title={t('custody.approve.title')}
            body={t('custody.approve.body')}
            step={approve}
            onDone={decided}
          />
          <Confirm
            label={t('custody.reject')}
            title={t('custody.reject.title')}
            body={t('custody.reject.body')}
            step={reject}
            onDone={decided}
          />
        </Group>
      )}
    </div>
  );
}

function State({ erasure, names }: { readonly erasure: Erasure; readonly names: Custody['names'] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const name = names[erasure.decidedBy ?? ''] ?? '';
  if (erasure.erasedAt !== null) return t('custody.state.erased', { name, at: formatMoment(erasure.erasedAt, locale) });
  return erasure.verdict === null ? t('custody.state.open') : t(`custody.state.${erasure.verdict}`, { name });
}

function HoldForm({ onDone }: { readonly onDone: OnDone }) {
  const { t } = useTranslation();
  const place = usePlaceHold();
  const [fields, setFields] = useState({ session: '', reason: '' });
  const [tried, setTried] = useState(false);
  const send = (): void => {
    setTried(true);
    const asked = { session: fields.session.trim(), reason: fields.reason.trim() };
    if (asked.session === '' || asked.reason === '') return;
    place.mutate(asked, {
      onSuccess: () => {
        onDone(t('custody.held'));
        setFields({ session: '', reason: '' });
        setTried(false);
      },
    });
  };
  return (
    <Stack maw={720}>
      <SessionField value={fields.session} tried={tried} onChange={(session) => setFields({ ...fields, session })} />
      <TextField
        label={t('custody.reason')}
        value={fields.reason}
        tried={tried}
        onChange={(reason) => setFields({ ...fields, reason })}
      />
      {place.error !== null && <Failure error={place.error} />}
      <Group>
        <Button loading={place.isPending} onClick={send}>
          {t('custody.hold')}
        </Button>
      </Group>
    </Stack>
  );
}

const NOTHING_ASKED = { session: '', reason: '', basis: '', streams: ['screen', 'keystrokes'] as readonly Stream[] };

function ErasureForm({ onDone }: { readonly onDone: OnDone }) {
  const { t } = useTranslation();
  const request = useRequestErasure();
  const [fields, setFields] = useState(NOTHING_ASKED);
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof NOTHING_ASKED>): void => setFields({ ...fields, ...change });
  const toggle = (stream: Stream, wanted: boolean): void =>
    set({ streams: STREAMS.filter((one) => (one === stream ? wanted : fields.streams.includes(one))) });
  const send = (): void => {
    setTried(true);
    const [session, reason, basis] = [fields.session.trim(), fields.reason.trim(), fields.basis.trim()];
    if ([session, reason, basis].includes('') || fields.streams.length === 0) return;
    request.mutate(
      { session, reason, basis, streams: fields.streams },
      {
        onSuccess: () => {
          onDone(t('custody.asked'));
          setFields(NOTHING_ASKED);
          setTried(false);
        },
      },
    );
  };
  return (
    <Stack maw={720}>
      <SessionField value={fields.session} tried={tried} onChange={(session) => set({ session })} />
      <Checkbox.Group label={t('custody.streams')} value={[...fields.streams]}>
        <Group mt={4}>
          {STREAMS.map((stream) => (
            <Checkbox
              key={stream}
              value={stream}
              label={t(`custody.stream.${stream}`)}
              onChange={(event) => toggle(stream, event.currentTarget.checked)}
            />
          ))}
        </Group>
      </Checkbox.Group>
      <TextField
        label={t('custody.reason')}
        value={fields.reason}
        tried={tried}
        onChange={(reason) => set({ reason })}
      />
      <TextField label={t('custody.basis')} value={fields.basis} tried={tried} onChange={(basis) => set({ basis })} />
      {request.error !== null && <Failure error={request.error} />}
      <Group>
        <Button color="red" loading={request.isPending} onClick={send}>
          {t('custody.erase')}
        </Button>
      </Group>
    </Stack>
  );
}

interface FieldProps {
  readonly value: string;
  readonly tried: boolean;
  readonly onChange: (text: string) => void;
}

function SessionField({ value, tried, onChange }: FieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('custody.session')}
      required
      maxLength={36}
      value={value}
      error={tried && value.trim() === '' ? t('common.required') : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function TextField({ label, value, tried, onChange }: FieldProps & { readonly label: string }) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={label}
      required
      autosize
      minRows={2}
      maxLength={2_000}
      value={value}
      error={tried && value.trim() === '' ? t('common.required') : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
