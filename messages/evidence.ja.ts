/** 証跡バンドルとその検証結果の文言（日本語）。 */
export const evidenceJa = {
  'bundle.made':
    '{out} を作成しました（{files} ファイル、作業セッション {sessions} 件、ログは {size} 件目まで）。検証: sekisho verify {out}',
  'bundle.no_database': 'データベースを使用できないため、イベントと氏名は含まれません。',
  'bundle.missing': '{path} が見つかりません。このバンドルを検証すると INCOMPLETE になります。',
  'bundle.scope.sessions': '対象: 作業セッション {sessions}',
  'bundle.scope.period': '対象: {from} から {to} までのすべて',
  'bundle.readme.title': '# Sekisho 証跡バンドル',
  'bundle.readme.what':
    '作成日時: {made}（{build}）。{about}。署名済みチェックポイントまでの透明性ログの全体、持ち出し台帳、封印された操作記録、および検証に必要なものがすべて含まれています。どこにも問い合わせず、何も取得せずに検証できます。',
  'bundle.readme.how':
    '本製品で検証する場合は `sekisho verify BUNDLE.zip --policy お手元のポリシー` を、本製品を使わずに検証する場合は `python3 verify.py BUNDLE.zip --policy お手元のポリシー` を実行してください。verify.py は、内容を読んで確かめられる 1 個の Python ファイルです。疑わしいバンドルに入っているものではなく、以前に受け取ったものを使ってください。',
  'bundle.readme.policy':
    '「お手元のポリシー」とは、契約時にお渡ししたポリシーファイルです。どのログと、どの立会人（witness）の署名を信用するかが書かれています。このバンドルの `policy` は、検証される側の申告にすぎません。お手元のものと見比べるだけにし、代わりに使わないでください。立会人を運用している場合は、最後に連署したチェックポイントを `--held` で指定してください。',
  'bundle.readme.words': '結果の 1 行目は、次の 4 語のいずれかです。',
  'bundle.readme.VERIFIED':
    '- **VERIFIED**（終了コード 0）: 対象がすべて揃い、記録された当時のままです。ポリシーの立会人もログに連署しています。',
  'bundle.readme.VERIFIED-UNWITNESSED':
    '- **VERIFIED-UNWITNESSED**（3）: 内容は一致しますが、外部の立会人による裏付けがありません。ログの署名鍵を持つ者なら、全体を書き直せた可能性があります。',
  'bundle.readme.INCOMPLETE':
    '- **INCOMPLETE**（2）: あるべきものが欠けています。「問題なし」ではありません。一覧に挙がったものの提出を求めてください。',
  'bundle.readme.TAMPERED':
    '- **TAMPERED**（1）: 記録された内容と異なるものがあります。何がどこで異なるかは、続く行に表示されます。',
  'bundle.readme.read':
    '操作記録は暗号化されており、宛先として指定された鍵を持つ人だけが読めます。このバンドルの受領者宛ての鍵がある場合は `recipient/` に、仮名に対応する氏名は `names.age` に入っています（いずれも age 形式、age-encryption.org）。',
  'bundle.readme.formats':
    '形式はすべて公開されています。ログとチェックポイントは c2sp.org（tlog-tiles、signed-note、tlog-cosignature、tlog-policy）、台帳は Sigsum、それ以外は本製品の docs/formats に記載しています。`sha256sum -c SHA256SUMS` で確かめられるのはファイルの破損だけで、ログの正しさは証明できません。',
  'evidence.VERIFIED': '対象がすべて揃い、記録された当時のままです。お手元のポリシーの立会人がログに連署しています。',
  'evidence.VERIFIED-UNWITNESSED':
    '対象がすべて揃い、記録された内容と一致しますが、お手元のポリシーに基づく外部の裏付けがありません。ログの署名鍵を持つ者なら、全体を書き直せた可能性があります。',
  'evidence.INCOMPLETE': 'あるべきものが欠けているため、何も証明できません。「問題なし」ではありません。',
  'evidence.TAMPERED': '記録された内容と異なるものがあります。',
  'evidence.more': '  ほか {count} 件（--json ですべて表示）',
  'evidence.log': 'ログ: {origin}、{size} 件、最新 {newest}、連署した立会人: {by}',
  'evidence.policy': '適用したポリシー: SHA-256 {policy}',
  'evidence.session':
    '作業セッション {sid}: {frames} フレーム、{chunks} チャンク（{bytes} バイト）、{opened} から {closed} まで',
  'evidence.events': 'イベント: 提示 {shown} 件、対象範囲のログ {logged} 件',
  'evidence.ledger': '持ち出し台帳: {size} 件中 {records} 件を提示',
  'evidence.severity.tampered': '改ざん',
  'evidence.severity.missing': '欠落',
  'evidence.severity.unwitnessed': '裏付けなし',
  'evidence.severity.notice': '注記',
  'evidence.finding.bundle_damaged': 'バンドルではないか、破損しています',
  'evidence.finding.policy_unreadable': 'バンドルのポリシーを読み取れません',
  'evidence.finding.checkpoint_false': 'ポリシーにあるログのチェックポイントではありません',
  'evidence.finding.held_differs': 'お手元のチェックポイントと食い違います。二つの異なるログが示されています',
  'evidence.finding.root_differs': 'ログの内容が、署名されたチェックポイントと一致しません',
  'evidence.finding.tile_differs': 'タイルがログの内容のハッシュと一致しません',
  'evidence.finding.bundle_unreadable': 'ログの内容を読み取れません',
  'evidence.finding.chain_broken': '同じ作業セッションの直前の記録とつながっていません',
  'evidence.finding.session_twice': '作業セッションの開始が二度記録されています',
  'evidence.finding.leaf_outside': '開始前または終了後の作業セッションの記録があります',
  'evidence.finding.chunk_order': 'チャンクの順序が正しくありません',
  'evidence.finding.totals_differ': '作業セッションの終了時に記録された件数と一致しません',
  'evidence.finding.object_differs': 'ログに記録されたバイト列ではありません',
  'evidence.finding.object_says_other': 'チャンクの見出しがログと異なります',
  'evidence.finding.key_differs': '暗号化された鍵が、ログに記録されたものではありません',
  'evidence.finding.rotate_broken': '存在しなかった鍵が差し替えられています',
  'evidence.finding.event_differs': 'イベントが、記録されたものと異なります',
  'evidence.finding.event_unlogged': 'イベントがログにないか、二度記録されています',
  'evidence.finding.events_unreadable': 'イベントを読み取れません',
  'evidence.finding.record_differs': '台帳に記録されたものと異なります',
  'evidence.finding.submitter_differs': '既知の登録者の署名がありません',
  'evidence.finding.manifest_unreadable': 'バンドルの説明を読み取れません',
  'evidence.finding.sum_differs': 'SHA256SUMS に記載されたファイルと異なります',
  'evidence.finding.file_unlisted': 'SHA256SUMS に記載されていないファイルです',
  'evidence.finding.checkpoint_missing': 'チェックポイントがありません',
  'evidence.finding.bundle_missing': 'ログの一部がありません',
  'evidence.finding.held_newer':
    'お手元のチェックポイントのほうが新しいものです。そこまで含むバンドルの提出を求めてください',
  'evidence.finding.leaf_unknown': 'この検証プログラムが知らない種類の記録です。新しい版を使用してください',
  'evidence.finding.session_unknown': 'この作業セッションはログにありません',
  'evidence.finding.session_open': 'このログの範囲では、作業セッションが終了していません',
  'evidence.finding.object_missing': '操作記録の一部がありません',
  'evidence.finding.key_missing': '暗号化された鍵がなく、消去の記録もありません',
  'evidence.finding.event_missing': '対象期間のイベントが提示されていません',
  'evidence.finding.period_open':
    'ログが対象期間の終わりまで届いていません。後日作成したバンドルの提出を求めてください',
  'evidence.finding.clock_backwards': '時刻が逆行しているため、対象期間に何が含まれるか確定できません',
  'evidence.finding.clock_ahead': '立会人が確認した時刻より後の時刻が記録されています',
  'evidence.finding.ledger_missing': 'ポリシーには持ち出し台帳がありますが、バンドルにありません',
  'evidence.finding.record_missing': '台帳の記録がありません',
  'evidence.finding.file_missing': 'ファイルがありません',
  'evidence.finding.policy_not_yours':
    'バンドルのポリシーで検証しました。お手元のポリシーを --policy で指定してください',
  'evidence.finding.no_witness_asked': 'ポリシーが立会人を求めていません',
  'evidence.finding.witnesses_missing': 'ポリシーの立会人の連署が足りません。連署がない立会人',
  'evidence.finding.shredded': '内容は正当な手続きで消去されました。存在した事実と順序は引き続き証明されます',
  'evidence.finding.rotated': '鍵が新しい宛先で暗号化し直されました',
  'evidence.finding.recovered': '異常終了の後に記録が補完されました。欠けた部分は記録の中に示されています',
  'evidence.finding.keystrokes_left_out': '入力の記録は、このバンドルに含まれていません',
  'evidence.finding.silence': '数分間、記録がありません。ゲートウェイが停止していました',
  'evidence.finding.clock_odd': '時刻が逆行しています',
  'evidence.finding.submitter_not_yours':
    '台帳の登録者の鍵は、バンドルのものを使いました。お手元の鍵を --submitter で指定してください',
} as const;
