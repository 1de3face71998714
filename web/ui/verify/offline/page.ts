/** The page in a bundle: opened from a disk, it checks a bundle and asks nobody. Text is set as text, never as markup. */
import { EvidenceError } from '../../../../evidence/index.ts';
import { type Words, wordsOf } from '../offline-words.ts';
import { verifyFile } from '../verify-file.ts';
import { type WordedReport, wordProgress, wordReport } from '../words.ts';

type Language = 'en' | 'ja';

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text, className }: { readonly text?: string; readonly className?: string } = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className !== undefined) made.className = className;
  made.append(...children);
  return made;
}

function fileField(id: string, label: string, { multiple = false } = {}) {
  const input = element('input');
  Object.assign(input, { type: 'file', id, multiple });
  const caption = element('label', { text: label });
  caption.htmlFor = id;
  return { input, nodes: [caption, input] };
}

function render(page: HTMLElement, language: Language): void {
  const t = wordsOf(language);
  document.documentElement.lang = language;
  document.title = t('check.title');
  const bundle = fileField('bundle', t('check.bundle'));
  const policy = fileField('policy', t('check.policy'));
  const held = fileField('held', t('check.held'), { multiple: true });
  const start = element('button', { text: t('check.start') });
  const other = element('button', { text: language === 'en' ? '日本語' : 'English' });
  const result = element('div');
  result.setAttribute('aria-live', 'assertive');
  other.addEventListener('click', () => render(page, language === 'en' ? 'ja' : 'en'));
  start.addEventListener('click', () => {
    const file = bundle.input.files?.[0];
    if (file === undefined) return;
    start.disabled = true;
    const others = { policy: policy.input.files?.[0], held: [...(held.input.files ?? [])] };
    void check({ bundle: file, ...others }, { result, t }).finally(() => {
      start.disabled = false;
    });
  });
  page.replaceChildren(
    element('h1', { text: t('check.title') }),
    element('p', { text: t('check.intro') }),
    element('p', { text: t('check.trust'), className: 'note' }),
    ...bundle.nodes,
    ...policy.nodes,
    element('p', { text: t('check.policy.note'), className: 'note' }),
    ...held.nodes,
    element('div', {}, start, other),
    result,
  );
}

async function check(
  files: { readonly bundle: File; readonly policy: File | undefined; readonly held: readonly File[] },
  { result, t }: { readonly result: HTMLElement; readonly t: Words },
): Promise<void> {
  const line = element('p');
  result.replaceChildren(line);
  try {
    const report = await verifyFile({
      ...files,
      onProgress: (progress) => {
        line.textContent = wordProgress(progress, t);
      },
    });
    result.replaceChildren(show(wordReport(report, t)));
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    line.textContent = t('check.failed', { why: thrown.message });
  }
}

function show({ verdict, word, meaning, findings, facts }: WordedReport): HTMLElement {
  const list = element('ul', {}, ...findings.map((text) => element('li', { text })));
  const about = element('div', { className: 'facts' }, ...facts.map((text) => element('p', { text })));
  const box = element(
    'section',
    { className: 'verdict' },
    element('p', { text: word, className: 'word' }),
    element('p', { text: meaning }),
    list,
    about,
  );
  box.dataset['verdict'] = verdict;
  return box;
}

const page = document.getElementById('page');
if (page !== null) render(page, navigator.language.startsWith('ja') ? 'ja' : 'en');
