import type { Reason } from './rules/rule.ts';

/** Why what the judge itself finds matters: names, texts, paths, shells and code. */
export const GATE_REASONS: Readonly<Record<string, Reason>> = {
  'gate.protected-path': {
    en: 'The command reads or carries protected data.',
    ja: '保護対象のデータを読み出す、または運び出すコマンドです。',
  },
  'gate.perhaps-protected': {
    en: 'An expansion or a search in it may reach protected data.',
    ja: '展開または検索の結果、保護対象のデータに達する可能性があります。',
  },
  'gate.unknown-directory': {
    en: 'It reads everything below a directory that is not known here, which may hold protected data.',
    ja: '現在のディレクトリが不明なまま配下をすべて読むため、保護対象を含む可能性があります。',
  },
  'gate.enters-protected': {
    en: 'From inside a protected directory later lines would reach its data without naming it.',
    ja: '保護対象のディレクトリに入ると、以降の行が名前を示さずにデータへ達します。',
  },
  'gate.unknown-program': {
    en: 'Nobody has yet said what this program does on this system.',
    ja: 'このプログラムの動作は、このシステムではまだ確認されていません。',
  },
  'gate.unknown-sender': {
    en: 'An unknown program is told to send something, or names another host.',
    ja: '未確認のプログラムに、送信の指示または別のホストの名前が与えられています。',
  },
  'gate.dynamic-name': {
    en: 'Which program runs is known only at run time.',
    ja: '実行するプログラムが、実行時まで分かりません。',
  },
  'gate.dynamic-text': {
    en: 'The text that will be run is known only at run time.',
    ja: '実行される文字列が、実行時まで分かりません。',
  },
  'gate.expanded-twice': {
    en: 'The value of a variable would be run as a prompt is.',
    ja: '変数の値が、プロンプトと同様に評価・実行されます。',
  },
  'gate.unreadable': {
    en: 'The text is not a shell command that can be read for sure.',
    ja: 'シェルのコマンドとして確実に読み取れない文字列です。',
  },
  'gate.unfinished': {
    en: 'The text is not finished: a later line would become part of it.',
    ja: '途中で終わっている文字列で、後の行がその一部になります。',
  },
  'gate.nesting': {
    en: 'It is nested more deeply, or holds more commands, than is judged.',
    ja: '入れ子の深さまたはコマンドの数が、判定できる上限を超えています。',
  },
  'gate.too-long': { en: 'It is longer than is judged.', ja: '判定できる長さの上限を超えています。' },
  'gate.control-characters': {
    en: 'Control characters in it make it look like another command than it is.',
    ja: '制御文字を含み、実際とは異なるコマンドに見える可能性があります。',
  },
  'gate.invisible-characters': {
    en: 'Characters that cannot be seen, or that turn the text round, hide what it says.',
    ja: '見えない文字や表示順を変える文字により、内容が隠されています。',
  },
  'gate.not-utf8': {
    en: 'Its bytes are no UTF-8, so what would run is not what is read here. Lines in Shift_JIS or EUC-JP are typed as UTF-8.',
    ja: 'UTF-8ではないため、ここで読む内容と実行内容が一致しません。Shift_JISやEUC-JPの行はUTF-8で入力してください。',
  },
  'gate.mixed-scripts': {
    en: 'A word mixes letters that look alike, so it may not be the word it seems to be.',
    ja: '見た目の似た別の文字が混ざっており、見た目どおりの語ではない可能性があります。',
  },
  'send.dev-tcp': {
    en: 'The shell itself opens a connection to another host.',
    ja: 'シェル自体が別のホストへの接続を開きます。',
  },
  'control.remote-shell': {
    en: 'It opens a shell whose lines come from another host.',
    ja: '別のホストから行を受け取るシェルを開きます。',
  },
  'control.environment': {
    en: 'This variable makes later commands run something else than their names say.',
    ja: 'この変数により、以降のコマンドが名前とは異なる動作をします。',
  },
  'control.startup-file': {
    en: 'This file is run by itself later, where nothing is judged.',
    ja: 'このファイルは後で自動的に実行され、そのときは判定されません。',
  },
  'control.replaces-program': {
    en: 'It puts another program under a name of the system.',
    ja: 'システムのプログラム名に、別のプログラムを置く操作です。',
  },
  'control.alias': {
    en: 'An alias makes a later word mean another command.',
    ja: 'エイリアスにより、以降の語が別のコマンドを意味します。',
  },
  'control.function': {
    en: 'A function takes the name of a known program.',
    ja: '既知のプログラムと同じ名前の関数を定義しています。',
  },
  'control.trap': {
    en: 'The text of a trap runs later, with no line that shows it.',
    ja: 'トラップの内容は後で実行され、その行は表示されません。',
  },
  'control.bind': {
    en: 'A key would type or run something that nobody typed.',
    ja: '入力していない内容が、キー操作で入力・実行されます。',
  },
  'control.callback': {
    en: 'A command is arranged to run while words are read or completed.',
    ja: '読み込みや補完の際にコマンドが実行されるよう設定されます。',
  },
  'control.index': {
    en: 'A substitution inside an index runs when the shell looks the index up.',
    ja: '添字の中の置換が、シェルの評価時に実行されます。',
  },
  'control.later': {
    en: 'A job runs later, with nobody at the terminal and nothing judged.',
    ja: 'ジョブは後で、誰も見ていない状態で判定されずに実行されます。',
  },
  'control.opens-shell': {
    en: 'It opens a shell whose lines are not judged.',
    ja: '入力が判定されないシェルを開きます。',
  },
  'shell.opens-shell': {
    en: 'It opens a shell whose lines are not judged.',
    ja: '入力が判定されないシェルを開きます。',
  },
  'shell.reads-input': {
    en: 'A shell would run what it reads, and what that says stands nowhere in the line.',
    ja: 'シェルが読み込んだ内容を実行しますが、その内容はこの行からは分かりません。',
  },
  'shell.built-text': {
    en: 'A shell would run a text that is known only at run time.',
    ja: '実行時まで分からない文字列をシェルが実行します。',
  },
  'shell.script-file': {
    en: 'A shell would run a file; what it says is not in the line.',
    ja: 'シェルがファイルを実行しますが、その内容はこの行からは分かりません。',
  },
  'shell.init-file': {
    en: 'A shell would first run a file of the caller’s choice.',
    ja: '指定されたファイルを、シェルが最初に実行します。',
  },
  'interpreter.inline-code': {
    en: 'This code is not simple enough to be sure of all that it does.',
    ja: 'このコードは、動作をすべて確認できるほど単純ではありません。',
  },
  'interpreter.active-program': {
    en: 'This program for awk or sed runs commands or opens connections.',
    ja: 'このawkまたはsedのプログラムは、コマンドの実行や接続を行います。',
  },
  'interpreter.script-file': {
    en: 'An interpreter would run a file; what it says is not in the line.',
    ja: 'インタプリタがファイルを実行しますが、その内容はこの行からは分かりません。',
  },
  'interpreter.reads-input': {
    en: 'An interpreter would run what it reads or what is typed into it.',
    ja: 'インタプリタが、読み込んだ内容や入力された内容を実行します。',
  },
  'interpreter.options': {
    en: 'With these options an interpreter runs code that is not in the line.',
    ja: 'この指定のインタプリタは、この行にないコードを実行します。',
  },
};
