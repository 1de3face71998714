import { type CSSVariablesResolver, createTheme } from '@mantine/core';

const SANS =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Yu Gothic UI", Meiryo, "Noto Sans JP", "Noto Sans CJK JP", sans-serif';

/** CJK glyphs of the last fonts are exactly two cells wide, so that columns stay aligned. */
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Consolas, "BIZ UDGothic", "MS Gothic", "Noto Sans Mono CJK JP", monospace';

export const theme = createTheme({
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.2rem' } } },
  primaryColor: 'indigo',
  primaryShade: 9,
  defaultRadius: 'md',
  focusRing: 'auto',
  cursorType: 'pointer',
});

/** Darker grey for secondary text: the library's own misses the contrast of WCAG 2.2 §1.4.3. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {},
});
