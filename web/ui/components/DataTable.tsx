import { Anchor, Button, Group, Table, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Scroll } from './Scroll.tsx';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** The cell names its row, for those who hear the table. */
  readonly isRowHeader?: boolean;
}

interface More {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** Pixels below which it scrolls sideways in its own frame. */
  readonly minWidth: number;
  /** The way to further rows: asked for when the end comes into view, and by a button. */
  readonly more?: More;
  /** Address of the same rows as a file, without its ending. */
  readonly exported?: { readonly path: string; readonly search: URLSearchParams };
}

/** The one table of the console. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, minWidth, more, exported } = props;
  return (
    <div>
      {exported !== undefined && <TakeAlong {...exported} />}
      <Scroll label={caption}>
        <Table miw={minWidth} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ name }) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)} style={{ verticalAlign: 'top' }}>
                {columns.map((column) => (
                  <Cell key={column.name} column={column} row={row} />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      {more?.hasNextPage === true && <Further more={more} />}
    </div>
  );
}

function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  if (column.isRowHeader !== true) return <Table.Td>{column.cell(row)}</Table.Td>;
  return (
    <Table.Th scope="row" fw={600}>
      {column.cell(row)}
    </Table.Th>
  );
}

/** Links and not scripts: the gateway makes the file, and notes that it was taken. */
function TakeAlong({ path, search }: { readonly path: string; readonly search: URLSearchParams }) {
  const { t } = useTranslation();
  const link = (format: 'csv' | 'json') => (
    <Anchor underline="always" size="sm" href={`${path}.${format}?${search.toString()}`} download>
      {t(`table.${format}`)}
    </Anchor>
  );
  return (
    <Group gap="sm" justify="flex-end" mb="xs">
      <Text size="sm" c="dimmed">
        {t('table.export')}
      </Text>
      {link('csv')}
      {link('json')}
    </Group>
  );
}

function Further({ more }: { readonly more: More }) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  const { fetchNextPage, isFetchingNextPage } = more;
  useEffect(() => {
    if (end.current === null || isFetchingNextPage) return undefined;
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void fetchNextPage();
      },
      { rootMargin: '200px' },
    );
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [fetchNextPage, isFetchingNextPage]);
  return (
    <div ref={end}>
      <Button variant="default" mt="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t('common.older')}
      </Button>
    </div>
  );
}
