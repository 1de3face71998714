import { Alert } from '@mantine/core';

/** Says that a step was done, also to a screen reader. */
export function Done({ text }: { readonly text: string }) {
  return (
    <Alert color="green" variant="outline" bg="white" c="black" role="status">
      {text}
    </Alert>
  );
}
