import { Alert } from '@mantine/core';

/** Says that a step was done, also to a screen reader. */
export function Done({ text }: { readonly text: string }) {
  return (
    <Alert color="green" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)" role="status">
      {text}
    </Alert>
  );
}
