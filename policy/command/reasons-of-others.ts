import type { Reason } from './rules/rule.ts';

/** Why what is found in SQL, in files and on channels matters. */
export const OTHER_REASONS: Readonly<Record<string, Reason>> = {
  'client.interactive': {
    en: 'What is typed inside a database client is not judged line by line.',
    ja: 'データベースクライアント内での入力は、1行ずつ判定されません。',
  },
  'client.sql-file': {
    en: 'The SQL comes from a file; what it says is not in the line.',
    ja: 'SQLがファイルから読み込まれ、その内容はこの行からは分かりません。',
  },
  'client.sql-input': {
    en: 'The SQL comes from another program or a file; what it says is not in the line.',
    ja: 'SQLが別のプログラムやファイルから渡され、その内容はこの行からは分かりません。',
  },
  'client.built-sql': {
    en: 'The SQL is put together at run time.',
    ja: 'SQLが実行時に組み立てられます。',
  },
  'client.output': {
    en: 'The client writes what it reads to a file or another program.',
    ja: 'クライアントが読み出した内容を、ファイルや別のプログラムに書き出します。',
  },
  'sql.read': { en: 'The statement reads rows of a protected table.', ja: '保護対象の表の行を読み出す文です。' },
  'sql.unread': {
    en: 'The parsers of SQL could not read the statement in time.',
    ja: 'SQLの構文解析が時間内に完了せず、内容を確認できませんでした。',
  },
  'sql.repeated': {
    en: 'The statement is run again and again, a little each time.',
    ja: '文を繰り返し実行し、少しずつ読み出します。',
  },
  'sql.export': { en: 'The statement writes rows out of the database.', ja: 'データベースの行を外へ書き出す文です。' },
  'sql.unload': { en: 'The statement unloads a table.', ja: '表をアンロードする文です。' },
  'sql.backup': { en: 'The statement backs a database up.', ja: 'データベースをバックアップする文です。' },
  'sql.dump': { en: 'The statement dumps a database.', ja: 'データベースをダンプする文です。' },
  'sql.spool': { en: 'What is read is written to a file.', ja: '読み出した内容をファイルに書き込みます。' },
  'sql.copy-to': {
    en: 'COPY writes rows to a file or to the client.',
    ja: 'COPYにより、行をファイルやクライアントへ書き出します。',
  },
  'sql.copy-to-program': {
    en: 'COPY hands rows to a program on the database server.',
    ja: 'COPYにより、データベースサーバー上のプログラムへ行を渡します。',
  },
  'sql.copy-from-program': {
    en: 'COPY runs a program on the database server.',
    ja: 'COPYにより、データベースサーバー上でプログラムを実行します。',
  },
  'sql.copy-into-stage': { en: 'Rows are copied to a stage outside.', ja: '行を外部のステージへコピーします。' },
  'sql.into-file': { en: 'Rows are written to a file of the server.', ja: '行をサーバー上のファイルに書き出します。' },
  'sql.overwrite-directory': { en: 'Rows are written to a directory.', ja: '行をディレクトリに書き出します。' },
  'sql.vacuum-into': {
    en: 'The whole database is written to another file.',
    ja: 'データベース全体を別のファイルに書き出します。',
  },
  'sql.attach': { en: 'Another database file is opened beside this one.', ja: '別のデータベースファイルを開きます。' },
  'sql.link': { en: 'A link to another database is made.', ja: '別のデータベースへの接続を作成します。' },
  'sql.replication': {
    en: 'Replication copies the whole database.',
    ja: 'レプリケーションはデータベース全体を複製します。',
  },
  'sql.export-function': {
    en: 'This function reads or writes files, or speaks with other hosts.',
    ja: 'この関数は、ファイルの読み書きや他のホストとの通信を行います。',
  },
  'sql.shell-function': {
    en: 'This function runs commands on the database server.',
    ja: 'この関数は、データベースサーバー上でコマンドを実行します。',
  },
  'sql.built-at-run-time': {
    en: 'The statement is put together at run time.',
    ja: '文が実行時に組み立てられます。',
  },
  'sql.client-command': {
    en: 'This command of the client runs programs or reads and writes files.',
    ja: 'クライアントのこの命令は、プログラムの実行やファイルの読み書きを行います。',
  },
  'sql.meta-copy': { en: 'The client writes rows to a file.', ja: 'クライアントが行をファイルに書き出します。' },
  'sql.meta-output': {
    en: 'The client writes what it reads to a file.',
    ja: 'クライアントが読み出した内容をファイルに書き出します。',
  },
  'sql.meta-shell': {
    en: 'The client runs a command of the shell.',
    ja: 'クライアントからシェルのコマンドを実行します。',
  },
  'sql.meta-source': {
    en: 'The client runs a file of SQL; what it says is not in the line.',
    ja: 'クライアントがSQLファイルを実行しますが、その内容はこの行からは分かりません。',
  },
  'files.protected-path': {
    en: 'The file is protected, or holds a copy of what is.',
    ja: '保護対象のファイル、またはその写しです。',
  },
  'files.refused': {
    en: 'This act of the file protocol cannot be allowed here.',
    ja: 'このファイル操作はここでは許可されません。',
  },
  'control.hook': {
    en: 'What lets the gate see each command of this shell was touched.',
    ja: 'このシェルの各コマンドを確認する仕組みが変更されようとしました。',
  },
  'meter.hard-limit': {
    en: 'More has been shown than may be without a ticket.',
    ja: '申請なしで表示できる量を超えました。',
  },
  'web.route': {
    en: 'The owner named this page as one that gives data out.',
    ja: 'データを出力する画面として、運用責任者が登録しています。',
  },
  'web.attachment': { en: 'The site sends it as a file to be saved.', ja: '保存用のファイルとして送られてきました。' },
  'web.table': {
    en: 'It is a table of records, whatever it is called.',
    ja: '名称にかかわらず、内容はレコードの表です。',
  },
  'web.sql': { en: 'It is a dump of a database.', ja: 'データベースのダンプです。' },
  'web.pdf': { en: 'It is a document that can hold many records.', ja: '多数のレコードを含み得る文書です。' },
  'web.spreadsheet': { en: 'It is a spreadsheet.', ja: '表計算ファイルです。' },
  'web.archive': {
    en: 'It is an archive; what is in it is not seen.',
    ja: '圧縮ファイルであり、中身は確認できません。',
  },
  'web.database': { en: 'It is a file of a database.', ja: 'データベースのファイルです。' },
  'web.opaque': { en: 'Nobody here can read what it holds.', ja: '内容を読み取ることができません。' },
  'web.unreadable': {
    en: 'It is packed in a way that is not read here.',
    ja: 'ここでは読み取れない形式で圧縮または符号化されています。',
  },
  'web.false-type': {
    en: 'It is called a picture and is none.',
    ja: '画像などと称していますが、実体が異なります。',
  },
  'web.many-rows': {
    en: 'One answer holds more records than a page does.',
    ja: '1回の応答に、画面表示としては多すぎるレコードが含まれています。',
  },
};
