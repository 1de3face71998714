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
    '本製品で検証する場合は `sekisho verify BUNDLE.zip --policy お手元のポリシー` を、本製品を使わずに検証する場合は `python3 verify.py BUNDLE.zip --policy お手元のポリシー` を実行してください。何もインストールせずに検証する場合は、`verify.html` をブラウザーで開いてバンドルを選択してください。データはどこにも送信されません。verify.py は、内容を読んで確かめられる 1 個の Python ファイルです。いずれも、疑わしいバンドルに入っているものではなく、以前に受け取ったものを使ってください。',
  'bundle.readme.policy':
    '「お手元のポリシー」とは、契約時にお渡ししたポリシーファイルです。どのログと、どの証人（witness）の署名を信用するかが書かれています。このバンドルの `policy` は、検証される側の申告にすぎません。お手元のものと見比べるだけにし、代わりに使わないでください。証人を運用している場合は、最後に連署したチェックポイントを `--held` で指定してください。',
  'bundle.readme.words': '結果の 1 行目は、次の 4 語のいずれかです。',
  'bundle.readme.VERIFIED':
    '- **VERIFIED**（終了コード 0）: 対象がすべて揃い、記録された当時のままです。ポリシーの証人もログに連署しています。',
  'bundle.readme.VERIFIED-UNWITNESSED':
    '- **VERIFIED-UNWITNESSED**（3）: 内容は一致しますが、外部の証人による裏付けがありません。ログの署名鍵を持つ者なら、全体を書き直せた可能性があります。',
  'bundle.readme.INCOMPLETE':
    '- **INCOMPLETE**（2）: あるべきものが欠けています。「問題なし」ではありません。一覧に挙がったものの提出を求めてください。',
  'bundle.readme.TAMPERED':
    '- **TAMPERED**（1）: 記録された内容と異なるものがあります。何がどこで異なるかは、続く行に表示されます。',
  'bundle.readme.read':
    '操作記録は暗号化されており、宛先として指定された鍵を持つ人だけが読めます。このバンドルの受領者宛ての鍵がある場合は `recipient/` に、仮名に対応する氏名は `names.age` に入っています（いずれも age 形式、age-encryption.org）。',
  'bundle.readme.formats':
    '形式はすべて公開されています。ログとチェックポイントは c2sp.org（tlog-tiles、signed-note、tlog-cosignature、tlog-policy）、台帳は Sigsum、それ以外は本製品の docs/formats に記載しています。`sha256sum -c SHA256SUMS` で確かめられるのはファイルの破損だけで、ログの正しさは証明できません。',
  'evidence.VERIFIED': '対象がすべて揃い、記録された当時のままです。お手元のポリシーの証人がログに連署しています。',
  'evidence.VERIFIED-UNWITNESSED':
    '対象がすべて揃い、記録された内容と一致しますが、お手元のポリシーに基づく外部の裏付けがありません。ログの署名鍵を持つ者なら、全体を書き直せた可能性があります。',
  'evidence.INCOMPLETE': 'あるべきものが欠けているため、何も証明できません。「問題なし」ではありません。',
  'evidence.TAMPERED': '記録された内容と異なるものがあります。',
  'evidence.more': '  ほか {count} 件（--json ですべて表示）',
  'evidence.log': 'ログ: {origin}、{size} 件、最新 {newest}、連署した証人: {by}',
  'verify.session': '作業セッション {session}: {frames} フレーム、チャンク {bytes} バイト',
  'evidence.policy': '適用したポリシー: SHA-256 {policy}',
  'evidence.session':
    '作業セッション {sid}: {frames} フレーム、{chunks} チャンク（{bytes} バイト）、{opened} から {closed} まで',
  'evidence.events': 'イベント: 提示 {shown} 件、対象範囲のログ {logged} 件',
  'evidence.ledger': '持ち出し台帳: {size} 件中 {records} 件を提示',
} as const;
