import { type CSSVariablesResolver, createTheme } from '@mantine/core';

const SANS =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Yu Gothic UI", Meiryo, "Noto Sans JP", "Noto Sans CJK JP", sans-serif';

const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Consolas, "BIZ UDGothic", "MS Gothic", "Noto Sans Mono CJK JP", monospace';

/** For screens: fonts whose CJK glyphs are exactly two of their own Latin ones wide come first. */
export const SCREEN_MONO = `"Noto Sans Mono CJK JP", "BIZ UDGothic", "MS Gothic", "Osaka-Mono", ${MONO}`;

export const theme = createTheme({
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.2rem' } } },
  primaryColor: 'indigo',
  primaryShade: { light: 9, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  focusRing: 'auto',
  cursorType: 'pointer',
});

/** Greys and reds of our own: the library's miss the contrast of WCAG 2.2 §1.4.3. The colours stand in global.css. */
const OURS = {
  '--mantine-color-body': 'var(--sk-sheet)',
  '--mantine-color-text': 'var(--sk-text)',
  '--mantine-color-dimmed': 'var(--sk-quiet)',
  '--mantine-color-placeholder': 'var(--sk-quiet)',
  '--mantine-color-error': 'var(--sk-bad)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: OURS, light: OURS, dark: OURS });
