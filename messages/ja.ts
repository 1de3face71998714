import { channelsJa } from './channels.ja.ts';
import { dialogueJa } from './dialogue.ja.ts';
import { doctorJa } from './doctor.ja.ts';
import type { en } from './en.ts';
import { evidenceJa } from './evidence.ja.ts';
import { findingsJa } from './findings.ja.ts';
import { lettersJa } from './letters.ja.ts';
import { cliJa } from './cli.ja.ts';
import { loginJa } from './login.ja.ts';
import { sitesJa } from './sites.ja.ts';

/** What the gateway says to people outside the console, in Japanese. */
export const ja: Record<keyof typeof en, string> = {
  line: 'sekisho: {text} [{code}]',
  'access.not_found': '「{name}」という接続先は、あなたには開かれていません。使える接続先: {url}',
  'access.locked': 'あなたの利用は停止されています。情報セキュリティ推進の担当者に連絡してください。',
  'access.company_locked': '所属する会社の利用が停止されています。情報セキュリティ推進の担当者に連絡してください。',
  'access.key_locked': 'この接続のSSH鍵は利用停止中です。情報セキュリティ推進の担当者に連絡してください。',
  'access.device_locked':
    '接続元のアドレスまたはネットワークは利用停止中です。情報セキュリティ推進の担当者に連絡してください。',
  'access.target_locked':
    '「{name}」またはその手前の中継サーバーは利用停止中です。システムの運用責任者に連絡してください。',
  'access.system_locked': '「{name}」のシステムは利用停止中です。システムの運用責任者に連絡してください。',
  'access.ticket_locked': '「{name}」での作業を認める申請は停止されています。システムの運用責任者に連絡してください。',
  'access.contract_ended': '契約期間が終わったため、利用できません。システムの運用責任者に連絡してください。',
  'access.grant_expired': '「{name}」の利用期限が過ぎています。システムの運用責任者に延長を依頼してください。',
  'access.action_not_granted': '「{name}」では、この種類の作業は許可されていません。',
  'access.ambiguous': '「{name}」に当たる接続先が複数あります。次のいずれかを指定してください: {choices}',
  'access.no_account_on_way':
    '「{name}」の手前の中継サーバーにあなたのアカウントがありません。システム管理者に依頼してください。',
  'access.no_account':
    '「{name}」にあなた専用のアカウントがありません。共有アカウントは使えません。システム管理者に依頼してください。',
  'access.key_revoked': 'この接続のSSH鍵は失効しています。別の鍵で接続し直してください。',
  'access.too_many_of_person': '開いている作業セッションが多すぎます。1つ終えてから、もう一度試してください。',
  'access.too_many_on_target':
    '「{name}」で開いている作業セッションが多すぎます。しばらくしてから、もう一度試してください。',
  'access.too_many_here':
    'ゲートウェイが扱える作業セッションの数に達しています。しばらくしてから、もう一度試してください。',
  'access.ticket_required':
    '「{name}」での作業には、承認済みで作業時間内の作業申請が必要です。申請または緊急作業の開始はこちら: {ask}',
  'access.not_a_maintainer': 'あなたの役割では、接続先での作業はできません。',
  'gate.needs_ticket': '実行前に止めました: {reason}。{why}',
  'gate.why': ' {why} (規則 {rule})',
  'gate.ask_first': 'まだ実行していません: {reason}。{why} 実行には、ほかの人の確認が必要です。',
  'gate.ask': 'この持出が必要なときは、ここから申請してください: {url}',
  'gate.deny': '実行できません (申請しても開きません): {reason}。{why}',
  'gate.how_to_run': '承認されたら、1つのコマンドとして実行してください: ssh -p {port} {target}@{host} <コマンド>',
  'gate.ticket.used': 'この操作の持出申請は使用済みです (申請は1回限り)。必要なら、もう一度申請してください。',
  'gate.ticket.too_early': 'この操作の持出申請は承認されていますが、まだ実行できる時間帯ではありません。',
  'gate.ticket.too_late': 'この操作の持出申請は、実行できる時間帯を過ぎています。',
  'gate.ticket.not_approved': 'この操作の持出申請はありますが、承認されていません。',
  'gate.ticket.witness_unreachable':
    'この操作の持出申請は承認済みで、そのまま有効です。ただし、外部の証人サーバーから十分な応答がないため、持出を停止しています。しばらくしてから試してください。',
  'gate.ticket.locked': 'この操作の持出申請、またはその対象が利用停止中です。',
  'gate.too_long': 'コマンドが {bytes} バイトを超えているため、判定できません。',
  'finding.dbdump': '「{subject}」は保護対象のデータ ({assets}) を書き出します',
  'finding.bulk_read': '「{subject}」は保護対象のデータ ({assets}) を読み出します',
  'finding.offhost': '「{subject}」はデータを別のホストへ送ります',
  'finding.stage': '「{subject}」はデータを暗号化し、持ち出されるときに中身を確認できなくします',
  'finding.listen': '「{subject}」は待ち受けポートを開きます',
  'finding.tunnel': '「{subject}」はゲートウェイを通らない経路を開きます',
  'finding.interpreter': '「{subject}」は、内容を確認できないプログラムを実行します',
  'finding.dynamic': '「{subject}」で何が実行されるかは、実行時まで分かりません',
  'finding.unreadable': 'コマンド全体を読み取れません',
  'finding.unknown': '保護対象のある接続先で「{subject}」は登録されていません',
  'finding.shell_control': '「{subject}」は、この後のコマンドの動きを変えます',
  'finding.channel': '「{subject}」は確認できない形でファイルを運びます',
  'output.filtered': '端末を操作しうる制御シーケンスを出力から除きました ({kinds})。',
  'output.transfer_cancelled': '端末内のファイル転送 ({kind}) を取り消しました。scp か sftp を使ってください。',
  'meter.soft':
    '出力が上限に近づいています: {window}の{kind}が {limit} のうち {count} です。継続を確認するまで出力を保留します: {url} (コード {code})',
  'meter.confirmed': '確認されました。出力を再開します。',
  'meter.not_confirmed': '継続が確認されなかったため、出力は保留のままです。',
  'meter.hard':
    '出力を止めました: {window}の{kind}が {count} になり、上限 {limit} を超えます。承認された申請がない限り、続きは表示しません。',
  'meter.interrupt':
    '出力はここで待機しています。申請が承認されると、自動的に続きが表示されます。Ctrl-C で取りやめると、作業を続けられます。',
  'meter.stopped': 'プログラムを終了しました。',
  'meter.unreadable': '持出量を確認または記録できない (データベースが応答しない) ため、出力を保留しています。',
  'meter.refused': '保留した {bytes} バイトの出力は、表示せずに破棄しました。',
  'meter.kind.persons': '人数',
  'meter.kind.rows': '行数',
  'meter.kind.bytes': 'バイト数',
  'meter.kind.opaqueBytes': '判読できないバイト数',
  'meter.kind.files': 'ファイル数',
  'meter.window.command': 'このコマンド',
  'meter.window.session': 'この接続',
  'meter.window.day': '本日',
  'meter.window.days30': '30日間',
  'meter.window.days90': '90日間',
  'meter.window.days365': '365日間',
  'meter.window.lifetime': '累計',
  'export.begun': '申請 T-{number}: この持出を1回だけ実行します (上限 {rows} 件・{bytes} バイト)。',
  'export.done': '申請 T-{number} は使用済みになりました: {rows} 件・{bytes} バイト、SHA-256 {sha256}。',
  'export.begun_vault':
    '申請 T-{number}: この持出を1回だけ実行し、保管庫に P-{parcel} として収めます (上限 {rows} 件・{bytes} バイト)。',
  'export.sealed':
    '申請 T-{number} は使用済みになりました。保管庫に P-{parcel} として収めました: {files} ファイル・{rows} 件・{bytes} バイト、SHA-256 {sha256}。この端末には何も渡していません。',
  'export.discarded':
    '申請 T-{number} は使用済みになりました。持出が最後まで終わらなかったため、P-{parcel} の内容は残していません。',
  'export.vault_failed': '保管庫に書き込めないため、持出を中止しました。',
  'export.limit_exceeded':
    '停止しました: 申請 T-{number} の上限は {rowsMax} 件・{bytesMax} バイトです。{rows} 件・{bytes} バイトまで渡し、申請は使用済みになりました。',
  'files.not_resolved': '「{path}」の実際の場所を接続先が示さないため、開けません。',
  'files.path_unclear':
    'この接続先には保護対象のファイルがあります。パスは省略せずに指定してください (ワイルドカード・「~」・「..」は使えません): {path}',
  'files.malformed': '転送が規約に反したため、中止しました: {reason}',
  'files.hostile_name': '転送を中止しました。「{name}」は、指定されたディレクトリに置けるファイル名ではありません。',
  'menu.title': '関所：接続先の選択（{all}件中{listed}件）',
  'menu.search': '検索:',
  'menu.heading.target': '接続先',
  'menu.heading.system': 'システム',
  'menu.heading.account': 'アカウント',
  'menu.heading.mode': '方式',
  'menu.heading.until': '期限 ({zone})',
  'menu.mode.guarded': '行ごとに検査',
  'menu.mode.recorded': '記録のみ',
  'menu.help': '文字入力で検索、上下キーで移動、Enterで接続、Escで終了',
  'menu.nothing_found': '該当する接続先がありません。Ctrl-Uで入力を消せます。',
  'menu.plain': '利用できる接続先は次のとおりです。名前を指定して接続してください: {example}',
  'menu.empty':
    '利用できる接続先がありません。システムの運用責任者に利用許可を依頼してください。現在の許可の一覧: {url}',
  'menu.idle': '長時間操作がなかったため、メニューを終了しました。',
  'jump.wrong_account':
    '「{name}」でのあなたのアカウントは「{account}」です。ssh -J … {account}@{name} と指定してください。',
  'jump.port': '-Jで接続先に届くのはポート22だけです（指定: {port}）。',
  'jump.nested': '-Jの中でさらに-Jを使うことはできません。-Jを1つだけ指定し、接続先の名前を書いてください。',
  'forward.not_granted':
    '「{name}」上の自分のサーバーへの転送には「develop」の許可が必要です。システムの運用責任者に依頼してください。',
  'forward.not_own': '「{name}」のポート{port}で待ち受けているあなたのサーバーがないため、転送しません。',
  'connection.rekey_unanswered': '相手側が時間内に新しい鍵の合意に応じませんでした。',
  'connection.rekeys_too_often': '相手側が必要のない鍵交換を繰り返しています。',
  'session.welcome': '{target} · この作業セッションは記録され、1行ごとに実行前に確認されます。',
  'mode.exec_only':
    '{target} では、コマンドを1つずつ実行します。対話シェルは使えません。コマンドは実行前に全体を確認します。',
  'mode.no_shell': '{target} の方式は {mode} ですが、このゲートウェイではその対話シェルを提供していません。',
  'mode.one_command': 'コマンドを1つ実行するには: ssh -p {port} {login}@{host} "<コマンド>"',
  'mode.ask_owner': '対話シェルが必要な作業のときは、{system} の責任者に接続先の方式の変更を依頼してください: {url}',
  'line.search': "(検索) '{wanted}': ",
  'line.paste.head': '{count} 件のコマンドが貼り付けられました。まだ実行していません。',
  'line.paste.more': '  ほか {count} 件',
  'line.paste.ask': 'Enter: 上から順に実行 (止められたところで終了) · Esc: 破棄',
  'line.paste.dropped': '破棄しました。',
  'line.paste.stopped': 'ここで止めました。残りの {count} 件は実行していません。',
  'line.verdict.allow': '実行可',
  'line.verdict.ask': '要確認',
  'line.verdict.needs_ticket': '要申請',
  'line.verdict.deny': '不可  ',
  'line.ticket.hint':
    'Ctrl-T を押し、目的を入力して Enter を押すと、この場で申請できます。上のリンクからも同じ申請ができます。',
  'line.ticket.how': '目的を書いてください: ticket <目的>。画面から申請する場合: {url}',
  'line.ticket.requested':
    '申請 #{number} を受け付けました (最大 {rows} 行、{bytes} バイト、{hours} 時間以内)。結果は通知されます。',
  'line.ticket.refused': 'ここでは申請できませんでした: {reason} 画面から申請してください: {url}',
  'line.no_jobs':
    'ジョブ制御は使えません。1行ごとに別のシェルで実行されます。行の終了後も動かすものは、接続先のサービスとして起動してください。',
  'line.no_alias': 'エイリアスはここでは働きません。関数を使ってください: 名前() { …; }',
  'line.background': '& を付けたプログラムは、その行の終わりに終了します。',
  'line.form': '安全な形で実行します: {forms}',
  'line.startup_restored':
    'この行は、シェルやsshdが自動的に読み込むファイルを変更したため、元に戻しました。その内容は確認されずに実行されるおそれがあります。',
  'line.directory_gone':
    'この行を確認したときのディレクトリがなくなったため、実行しませんでした。ホームディレクトリに戻ります。',
  'pty.welcome': '{target} · この作業セッションは記録され、入力した行は実行前に確認されます。',
  'pty.falls_back': 'この接続先のログインシェルからは行を受け取れないため、ゲートウェイのプロンプトに切り替えます。',
  'shell.welcome': '{target} · この作業セッションは記録され、コマンドは1つずつ実行前に確認されます。',
  'shell.falls_back': 'この接続先には、コマンドごとに確認できる bash がないため、1行ごとの確認に切り替えます。',
  'shell.unasked':
    'バックグラウンドのコマンドは実行前の確認ができないため、実行しませんでした。末尾に & を付けた1つのコマンドとして実行してください。',
  'shell.unreadable': '実行できません: コマンドが UTF-8 として正しくないため、判定できません。',
  'shell.lost': '接続先のシェルがコマンドごとの確認に応じなくなりました。作業セッションを終了します。',
  'session.welcome_recorded': '{target} · この作業セッションは記録されます。',
  'session.legacy_algorithms': '{target} とは、例外として認められた旧式の暗号方式 ({algorithms}) で通信しています。',
  'session.paused':
    'この作業セッションは一時停止中です: {reason}。再開されるまで何も送受信されません。入力した内容は保留されます。',
  'session.resumed': '作業セッションを再開しました。',
  'session.message': 'システムの管理側からの連絡: {text}',
  'session.ends_soon.idle':
    'しばらく入力がありません。キーを押さなければ、{seconds} 秒後に作業セッションを終了します。',
  'session.ends_soon.too_long': '作業セッションの上限時間が近づいています。{seconds} 秒後に終了します。',
  'session.ended.ended': 'システムの管理側が作業セッションを終了しました: {reason}。',
  'session.ended.idle': '長時間入力がなかったため、作業セッションを終了しました。',
  'session.ended.too_long': '作業セッションが上限時間に達したため終了しました。続けるには接続し直してください。',
  'session.ended.locked': '作業セッションを終了しました。{reason}',
  'session.ended.revoked': '利用の許可が取り消されたため、作業セッションを終了しました。',
  'session.ended.expired': '利用期限になったため、作業セッションを終了しました。',
  'session.ended.undecided': 'データベースが応答せず、利用の許可を確認できないため、作業セッションを終了しました。',
  'session.ended.recorder_failed': '記録を続けられなくなったため、作業セッションを終了しました。',
  'session.ended.shutdown':
    'ゲートウェイが停止するため、作業セッションを終了しました。しばらくしてから接続し直してください。',
  'session.ended.target_lost': '接続先が接続を閉じました。',
  'error.target_unreachable': '「{name}」への経路が現在ありません。システム管理者に連絡してください。',
  'error.target_name_not_found': '「{name}」のホスト名が見つかりません。システム管理者に連絡してください。',
  'error.target_address_refused':
    '「{name}」のアドレスは、ゲートウェイからの接続が許可されていません。システム管理者に連絡してください。',
  'error.target_connection_refused':
    '「{name}」が接続を拒否しました (待ち受けがないか、ファイアウォールで拒否されています)。システム管理者に連絡してください。',
  'error.target_timed_out':
    '「{name}」から {seconds} 秒以内に応答がありませんでした。再度お試しいただくか、システム管理者に連絡してください。',
  'error.target_no_common_algorithm':
    '「{name}」とゲートウェイの間で共通に使える暗号方式がありません。システム管理者に連絡してください。',
  'error.target_relay_refused': '「{name}」は次のホストへの接続を中継しません。システム管理者に連絡してください。',
  'error.target_host_key_mismatch':
    '「{name}」のホスト鍵が登録済みのものと異なります。何も送信していません。システム管理者に連絡してください。',
  'error.target_host_certificate_refused':
    '「{name}」のホスト証明書を確認できません。何も送信していません。システム管理者に連絡してください。',
  'error.target_secret_missing':
    '「{name}」にはゲートウェイが保管するパスワードで接続しますが、あなたのアカウントのパスワードが未登録です。システム管理者に連絡してください。',
  'error.authority_unavailable':
    '「{name}」用の証明書に署名できません。認証局の鍵が応答しません。システム管理者に連絡してください。',
  'error.target_sign_in_refused':
    '「{name}」があなたのアカウントを受け付けませんでした。システム管理者に連絡してください。',
  'error.at_relay': '「{name}」への経路の途中: {why}',
  'error.copies_too_many':
    '実行しませんでした: 保護対象データの複製が追跡できる件数を超えます。作業を分けて実行してください。',
  'error.recording_unavailable':
    '記録ができないため、作業セッションを開始できません。システム管理者に連絡してください。',
  'error.storage_unavailable':
    'オブジェクトストレージに記録を転送できない状態が続いているため、作業セッションを開始できません。システム管理者に連絡してください。',
  'error.witness_unreachable':
    '外部の証人サーバーから十分な応答がない状態が続き、記録の真正性を証明できないため、作業セッションを開始できません。システム管理者に連絡してください。',
  'session.unwitnessed':
    '外部の証人サーバーから十分な応答がありません。持出は停止中です。作業セッションは、あと{minutes}分間は開始できます。',
  'error.database_unavailable':
    'データベースが応答せず判断できないため、許可できません。しばらくしてから試してください。',
  'error.internal': 'ゲートウェイの不具合です。この番号をシステム管理者に伝えてください: {reference}',
  'judge.allow': 'allow: 実行できます。',
  'judge.ask': 'ask: 認識できないため、実行前に第二者へ確認します。',
  'judge.needs_ticket': 'deny: 持出に当たります。この操作そのものの持出申請が承認されれば実行できます。',
  'judge.deny': 'deny: 申請しても実行できません。',
  'judge.reason': '  - {reason} [{rule}、{from} 文字目から {to} 文字目]',
  'judge.copy': '  - {asset} の写しが {path} に残ります',
  'judge.runs': '  実行内容: {argv}',
  'judge.tables': '  表: {tables}',
  'judge.digest': '  ダイジェスト: {digest}',
  'judge.unguarded': 'このポリシーでは何も保護されていません。検出は記録されますが、何も止めません。',
  'rejudge.summary':
    '作業セッション {session}: 判定対象 {judged} 行のうち、{changed} 行の判定が変わります。当時の判定が不明な行は {unknown} 行です。ゲートウェイ自身の注記 {notes} 件は判定していません。',
  'rejudge.changed': '{time}  {before} -> {after}  {text}',
  'rejudge.unknown': '不明',
  'sign_in.banner': '関所: 許可された方のみ利用できます。作業内容は記録されます。',
  'sign_in.title': 'Sekisho sign-in / サインイン',
  'sign_in.not_approved': 'サインインは承認されませんでした。',
  'sign_in.too_many_tries': '試した鍵が多すぎます。登録した鍵を指定してください: ssh -i 鍵 -o IdentitiesOnly=yes',
  'sign_in.instructions':
    'ブラウザーで {url} を開き、表示されたコードが {code} であることを確かめ、次の2つの言葉を選んで承認してください: {words}',
  'sign_in.code':
    '認証アプリのコードを入力してください。何も入力せずにEnterを押すと、ブラウザーでの承認に切り替わります。',
  'sign_in.code_prompt': 'Code / 認証コード: ',
  'factor.asked':
    '「{target}」では作業セッションごとに二要素認証が必要です。{url} を開き、コード {code} を確かめ、次の2つの言葉を選んでください: {words}',
  'factor.shown': '確認できました。作業セッションを始めます。',
  'factor.not_shown': '二要素認証で確認されなかったため、作業セッションは始まりません。',
  'keys.recipients': '新しい作業セッションの「{stream}」の暗号化先:',
  'keys.identities': 'コンソールが保持する復号鍵の数: {count}',
  'keys.hold': '{session} は {at} から証拠保全中です: {reason}',
  'keys.erasure.waiting': '消去 {id}: {session} の「{stream}」。コンソールでの二人目の承認待ちです',
  'keys.erasure.approved': '消去 {id}: {session} の「{stream}」。承認済み、実行待ちです',
  'keys.erasure.rejected': '消去 {id}: {session} の「{stream}」。却下されました',
  'keys.erasure.erased': '消去 {id}: {session} の「{stream}」。{at} に消去しました',
  'keys.held': '{session} を証拠保全の対象にしました。',
  'keys.released': '{session} の証拠保全を解除しました。',
  'keys.requested':
    '{session} の消去 {id} を申請しました。別の担当者がコンソールにサインインして承認する必要があります。',
  'keys.ordered':
    '{session}: 「{stream}」の鍵を新しい宛先で暗号化しました。ゲートウェイが直ちに、または次回起動時に差し替えます。',
  'keys.locked': '{session}: 「{stream}」の鍵を開ける復号鍵がここにありません。--identity で指定してください。',
  'keys.erased': '{session}: 「{stream}」の鍵はすでに消去されています。',
  'keys.rotated':
    '次回の再読み込みまたは起動後の作業セッションは {recipient} 宛に暗号化されます。以前の復号鍵はファイルに残り、過去の記録を開けます。',
  'authority.user':
    '接続先が信頼する行です。この行だけのファイルを作り、sshd_configのTrustedUserCAKeysで指定してください。',
  'authority.host':
    'クライアントがあらゆるホストについて信頼する行です。ゲートウェイとその接続先だけで読み込むファイルに入れてください。sekisho loginは、より範囲の狭い行を書き出します。',
  'authority.login': 'sekisho loginの証明書に署名します。信頼するのはこのゲートウェイだけで、どこにも設置しません。',
  'authority.announced':
    '次の鍵を作成しました。これまでの行に代えて2行とも設置し (userはすべての接続先のTrustedUserCAKeys、loginは設置不要)、その後 sekisho authority rotate … switch を実行してください。',
  'authority.switched':
    '次回のsekisho reloadまたは起動から、新しい鍵で署名します。以前の鍵で署名した証明書がすべて失効するまで (最長10時間) 2行とも残し、その後 sekisho authority rotate … forget を実行してください。',
  'authority.forgotten': '残ったのはこの行だけです。もう一方の行は、設置した場所から取り除いてください。',
  ...channelsJa,
  ...dialogueJa,
  ...doctorJa,
  ...evidenceJa,
  ...findingsJa,
  ...lettersJa,
  ...cliJa,
  ...loginJa,
  ...sitesJa,
};
