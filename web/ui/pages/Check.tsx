import { Button, FileInput, Stack, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type BundleReport, EvidenceError, type Progress } from '../../../evidence/index.ts';
import { Page, Part } from '../components/Page.tsx';
import { useLocale } from '../components/use-locale.ts';
import { wordsOf } from '../verify/offline-words.ts';
import { verifyFile } from '../verify/verify-file.ts';
import { wordProgress, wordReport } from '../verify/words.ts';

type State =
  | { readonly is: 'idle' }
  | { readonly is: 'running'; readonly progress: Progress | undefined }
  | { readonly is: 'done'; readonly report: BundleReport }
  | { readonly is: 'failed'; readonly why: string };

/** Checks a bundle from this computer in this browser, by the code that the command and the page in a bundle use. */
export function CheckPage(): ReactElement {
  const { t } = useTranslation();
  const [bundle, setBundle] = useState<File | null>(null);
  const [policy, setPolicy] = useState<File | null>(null);
  const [held, setHeld] = useState<File[]>([]);
  const [state, setState] = useState<State>({ is: 'idle' });
  const check = async (file: File): Promise<void> => {
    setState({ is: 'running', progress: undefined });
    try {
      const onProgress = (progress: Progress): void => setState({ is: 'running', progress });
      setState({
        is: 'done',
        report: await verifyFile({ bundle: file, policy: policy ?? undefined, held, onProgress }),
      });
    } catch (thrown) {
      if (!(thrown instanceof EvidenceError)) throw thrown;
      setState({ is: 'failed', why: thrown.message });
    }
  };
  return (
    <Page title={t('check.title')} intro={t('check.intro')}>
      <Part title={t('check.bundle')}>
        <Stack maw={560}>
          <FileInput
            label={t('check.bundle')}
            placeholder={t('check.choose')}
            accept=".zip"
            value={bundle}
            onChange={setBundle}
          />
          <FileInput
            label={t('check.policy')}
            placeholder={t('check.choose')}
            description={t('check.policy.note')}
            clearable
            clearButtonProps={{ 'aria-label': t('check.clear', { what: t('check.policy') }) }}
            value={policy}
            onChange={setPolicy}
          />
          <FileInput
            label={t('check.held')}
            placeholder={t('check.choose')}
            multiple
            clearable
            clearButtonProps={{ 'aria-label': t('check.clear', { what: t('check.held') }) }}
            value={held}
            onChange={setHeld}
          />
          <div>
            <Button
              disabled={bundle === null}
              loading={state.is === 'running'}
              onClick={() => bundle !== null && void check(bundle)}
            >
              {t('check.start')}
            </Button>
          </div>
        </Stack>
        <div aria-live="assertive">
          <Outcome state={state} />
        </div>
      </Part>
    </Page>
  );
}

function Outcome({ state }: { readonly state: State }) {
  const { t } = useTranslation();
  const words = wordsOf(useLocale());
  if (state.is === 'idle') return null;
  if (state.is === 'failed') return <Text mt="md">{t('check.failed', { why: state.why })}</Text>;
  if (state.is === 'running')
    return <Text mt="md">{state.progress === undefined ? '…' : wordProgress(state.progress, words)}</Text>;
  const { verdict, word, meaning, findings, facts } = wordReport(state.report, words);
  return (
    <section className="verdict" data-verdict={verdict} style={{ marginTop: '1rem', overflowWrap: 'anywhere' }}>
      <p className="verdict-word" style={{ margin: 0 }}>
        {word}
      </p>
      <Text>{meaning}</Text>
      {findings.length > 0 && (
        <ul style={{ margin: '0.5rem 0', paddingInlineStart: '1.2rem' }}>
          {findings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {facts.map((text) => (
        <Text key={text} size="sm">
          {text}
        </Text>
      ))}
    </section>
  );
}
