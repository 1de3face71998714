import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../components/Failure.tsx';
import { Page } from '../components/Page.tsx';
import { Visible } from '../components/Texts.tsx';
import { TerminalLink, type LinkState } from '../terminal/link.ts';
import { linesOf, needsLook, type Pasted, readPaste } from '../terminal/paste.ts';
import { openScreen, type Screen } from '../terminal/screen.ts';

/** A terminal on a target: the same session as over SSH, in the browser. */
export function TerminalPage({ target }: { readonly target: string }) {
  const { t } = useTranslation();
  const [round, setRound] = useState(0);
  return (
    <Page title={t('terminal.title', { target })} intro={t('terminal.intro')}>
      <OneTerminal key={`${target} ${String(round)}`} target={target} onAgain={() => setRound(round + 1)} />
    </Page>
  );
}

interface Working {
  readonly screen: Screen;
  readonly link: TerminalLink;
}

function OneTerminal({ target, onAgain }: { readonly target: string; readonly onAgain: () => void }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const working = useRef<Working>(undefined);
  const [state, setState] = useState<LinkState>({ kind: 'connecting' });
  const [pasted, setPasted] = useState<Pasted>();
  const label = t('terminal.label', { target });
  useEffect(() => {
    const place = frame.current;
    if (place === null) return undefined;
    let isGone = false;
    const begin = async (): Promise<void> => {
      const paste = (copied: string): void => {
        const read = readPaste(copied);
        if (needsLook(read)) setPasted(read);
        else working.current?.screen.paste(read.text);
      };
      const started = await start({ place, label, target, paste, changed: (next) => !isGone && setState(next) });
      if (isGone) stop(started);
      else working.current = started;
    };
    void begin();
    return () => {
      isGone = true;
      if (working.current !== undefined) stop(working.current);
      working.current = undefined;
    };
  }, [target, label]);
  return (
    <Stack gap="sm">
      <Status state={state} onAgain={onAgain} onLeave={() => working.current?.link.leave()} />
      <div ref={frame} className="terminal-frame" role="group" aria-label={label} />
      <Text size="sm" c="dimmed">
        {t('terminal.keys')}
      </Text>
      <PasteGuard
        pasted={pasted}
        onClose={(isGood) => {
          if (isGood && pasted !== undefined) working.current?.screen.paste(pasted.text);
          setPasted(undefined);
          working.current?.screen.focus();
        }}
      />
    </Stack>
  );
}

interface Beginning {
  readonly place: HTMLElement;
  readonly label: string;
  readonly target: string;
  readonly paste: (copied: string) => void;
  readonly changed: (state: LinkState) => void;
}

/** A tab keeps the id of its terminal, which opens nothing by itself, so that loading the page anew comes back to it. */
async function start({ place, label, target, paste, changed }: Beginning): Promise<Working> {
  const kept = `terminal ${target}`;
  const screen = await openScreen({
    ...{ frame: place, label, pasted: paste },
    typed: (bytes) => link.type(bytes),
    resized: (window) => link.resize(window),
  });
  const link = new TerminalLink({
    loginName: target,
    window: screen.window,
    known: sessionStorage.getItem(kept),
    show: screen.write,
    clear: screen.clear,
    changed,
    opened: (id) => (id === null ? sessionStorage.removeItem(kept) : sessionStorage.setItem(kept, id)),
  });
  link.start();
  screen.focus();
  return { screen, link };
}

function stop({ link, screen }: Working): void {
  link.stop();
  screen.dispose();
}

function Status(props: { readonly state: LinkState; readonly onAgain: () => void; readonly onLeave: () => void }) {
  const { t } = useTranslation();
  const { state, onAgain, onLeave } = props;
  if (state.kind === 'refused') return <Failure error={state.error} onRetry={onAgain} />;
  const isOver = state.kind === 'ended' || state.kind === 'lost';
  return (
    <Group justify="space-between" align="center">
      <Text role="status" fw={600}>
        {t(`terminal.state.${state.kind}`)}
      </Text>
      {isOver ? (
        <Button variant="default" onClick={onAgain}>
          {t('terminal.again')}
        </Button>
      ) : (
        <Button variant="default" onClick={onLeave}>
          {t('terminal.leave')}
        </Button>
      )}
    </Group>
  );
}

function PasteGuard({
  pasted,
  onClose,
}: {
  readonly pasted: Pasted | undefined;
  readonly onClose: (isGood: boolean) => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal.Root opened={pasted !== undefined} onClose={() => onClose(false)} centered size="lg">
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Modal.Title fw={650} fz="lg" lh={1.4} mt="sm" mb="sm">
            {t('terminal.paste.title', { n: pasted?.lines ?? 0 })}
          </Modal.Title>
          <Stack>
            <Text>{t('terminal.paste.body')}</Text>
            {pasted !== undefined && pasted.leftOut > 0 && (
              <Alert color="yellow" variant="outline" bg="white" c="black">
                {t('terminal.paste.leftOut', { n: pasted.leftOut })}
              </Alert>
            )}
            <pre className="exact paste-preview" tabIndex={0} role="group" aria-label={t('terminal.paste.preview')}>
              {linesOf(pasted?.text ?? '').map((line, at) => (
                <div key={at}>
                  <Visible text={line} />
                </div>
              ))}
            </pre>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => onClose(false)}>
                {t('common.cancel')}
              </Button>
              <Button onClick={() => onClose(true)}>{t('terminal.paste.go')}</Button>
            </Group>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
