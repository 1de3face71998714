import { Button, Checkbox, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ReadyReplay, type TranscriptLine, useTranscript } from '../../api/replay.ts';
import { formatOffset } from '../../format/replay-time.ts';
import { Answer } from '../Answer.tsx';
import { Empty } from '../Page.tsx';
import { Visible } from '../Texts.tsx';
import { useNameOf } from '../use-locale.ts';

interface TranscriptProps {
  readonly replay: ReadyReplay;
  readonly onJump: (at: number) => void;
}

/** What was shown, typed and executed as text; what passed over the screen and did not stay is marked as such. */
export function Transcript({ replay, onJump }: TranscriptProps) {
  const { t } = useTranslation();
  const [withPassed, setWithPassed] = useState(true);
  const transcript = useTranscript(replay.sessionId, replay.view);
  return (
    <Stack gap="sm">
      <Text size="sm">{t('replay.transcript.note')}</Text>
      <Checkbox
        label={t('replay.transcript.passed')}
        checked={withPassed}
        onChange={(event) => setWithPassed(event.currentTarget.checked)}
      />
      <Answer query={transcript}>
        {({ pages }) => {
          const lines = pages.flatMap((page) => page.lines).filter(({ kind }) => withPassed || kind !== 'passed');
          return lines.length === 0 ? (
            <Empty text={t('replay.transcript.none')} />
          ) : (
            <Lines lines={lines} onJump={onJump} />
          );
        }}
      </Answer>
      {transcript.hasNextPage && (
        <div>
          <Button
            variant="default"
            loading={transcript.isFetchingNextPage}
            onClick={() => void transcript.fetchNextPage()}
          >
            {t('replay.transcript.more')}
          </Button>
        </div>
      )}
    </Stack>
  );
}

/** Lines with their time, which is a jump to it. */
export function Lines(props: { readonly lines: readonly TranscriptLine[]; readonly onJump: (at: number) => void }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <ol className="transcript" tabIndex={0} aria-label={t('replay.transcript')}>
      {props.lines.map((line, n) => (
        <li key={n} data-kind={line.kind}>
          <button
            type="button"
            onClick={() => props.onJump(line.at)}
            aria-label={t('replay.jump', { at: formatOffset(line.at) })}
          >
            {formatOffset(line.at)}
          </button>
          <span className="transcript-kind">{nameOf('line', line.hidden === true ? 'hidden' : line.kind)}</span>
          <span className="mono">
            <Visible text={line.text} />
          </span>
        </li>
      ))}
    </ol>
  );
}
