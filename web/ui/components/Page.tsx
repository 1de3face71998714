import { Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useId } from 'react';
import { useTranslation } from 'react-i18next';

/** One page: its title is the first heading and the window's title. */
export function Page(props: { readonly title: string; readonly intro?: string; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const name = t('app.name');
  useEffect(() => {
    document.title = `${props.title} – ${name}`;
  }, [props.title, name]);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{props.title}</Title>
        {props.intro !== undefined && (
          <Text mt="xs" maw={760}>
            {props.intro}
          </Text>
        )}
      </div>
      {props.children}
    </Stack>
  );
}

/** A part of a page with its own heading, on a sheet. */
export function Part(props: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} aria-labelledby={id}>
      <Title order={2} id={id} mb="sm">
        {props.title}
      </Title>
      {props.children}
    </Paper>
  );
}

/** Says plainly that there is nothing here, and what makes something appear. */
export function Empty({ text, next }: { readonly text: string; readonly next?: string }) {
  return (
    <div>
      <Text fw={600}>{text}</Text>
      {next !== undefined && <Text mt={4}>{next}</Text>}
    </div>
  );
}

/** Names and values. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
