/** The pages of the invented customer administration, as such pages are: a list, a record, a download. */
import { CUSTOMER_COLUMNS, type Row } from '../customers/rows.ts';

const PAGE_ROWS = 20;

function escape(value: string | number): string {
  return String(value).replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const STYLE =
  'body{font:15px/1.5 system-ui,"Noto Sans CJK JP",sans-serif;margin:2rem}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3rem .6rem}nav a{margin-right:1rem}';

function layout(title: string, who: string, body: string): string {
  return `<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body>
<header><strong>顧客管理システム</strong> — ${escape(who)} としてサインイン中</header>
<nav><a href="/customers">顧客一覧</a><a id="csv" href="/customers/export.csv">CSVダウンロード</a><a href="/manual">操作手引</a></nav>
<h1>${escape(title)}</h1>
${body}
</body>
</html>
`;
}

export function listPage(rows: readonly Row[], page: number, who: string): string {
  const shown = rows.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
  const heads = CUSTOMER_COLUMNS.map((name) => `<th>${name}</th>`).join('');
  const body = shown
    .map(
      (row) =>
        `<tr>${row.map((cell, at) => `<td>${at === 0 ? `<a href="/customers/${escape(cell)}">${escape(cell)}</a>` : escape(cell)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  const next = page * PAGE_ROWS < rows.length ? `<a id="next" href="/customers?page=${page + 1}">次へ</a>` : '';
  return layout(
    '顧客一覧',
    who,
    `<table><thead><tr>${heads}</tr></thead><tbody>\n${body}\n</tbody></table>\n<p>${page} ページ ${next}</p>`,
  );
}

export function recordPage(row: Row, who: string): string {
  const facts = row
    .map((cell, at) => `<tr><th>${CUSTOMER_COLUMNS[at] ?? ''}</th><td>${escape(cell)}</td></tr>`)
    .join('\n');
  return layout('顧客詳細', who, `<table>${facts}</table>`);
}

export function manualPage(who: string): string {
  return layout('操作手引', who, '<p>顧客一覧から対象の顧客を選び、内容を確認してください。</p>');
}

export function csvOf(rows: readonly Row[]): string {
  const lines = [CUSTOMER_COLUMNS, ...rows].map((row) =>
    row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(','),
  );
  return `${lines.join('\r\n')}\r\n`;
}
