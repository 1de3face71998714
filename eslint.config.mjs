import tseslint from 'typescript-eslint';

const limits = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 70 }],
  complexity: ['error', 15],
  'max-params': ['error', 4],
  eqeqeq: 'error',
  'no-console': 'error',
};

export default tseslint.config(
  { ignores: ['dist/', 'var/', 'node_modules/', 'coverage/', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './web/ui/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...limits,
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read the environment in config/load.ts only.' },
        { object: 'Date', property: 'now', message: 'Take time from Clock.' },
        { object: 'Math', property: 'random', message: 'Use node:crypto.' },
      ],
    },
  },
  // One list of every bound, a line or two each: it is read as a table.
  { files: ['foundation/limits.ts'], rules: { 'max-lines': 'off' } },
  { files: ['config/load.ts', 'tests/**', 'bench/**'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['foundation/clock.ts', 'web/ui/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['tests/**', 'bench/**'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500 }],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
