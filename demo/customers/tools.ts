import { CUSTOMER_COLUMNS, CUSTOMER_COUNT, ORDER_COLUMNS, ORDER_COUNT } from './rows.ts';

/** What bash cannot know by itself: where the rows are and what the tables look like. */
const definitions = (dataDirectory: string): string => `
data=${shellQuote(dataDirectory)}
columns_customers='${CUSTOMER_COLUMNS.join(' ')}'
columns_orders='${ORDER_COLUMNS.join(' ')}'
count_customers=${CUSTOMER_COUNT}
count_orders=${ORDER_COUNT}
numeric=' id customer_id amount_yen '
type_of() { # column name: its SQL type
  case $1 in
    id) echo 'int NOT NULL PRIMARY KEY' ;;
    customer_id | amount_yen) echo 'int NOT NULL' ;;
    *_on) echo 'date NOT NULL' ;;
    *) echo 'varchar(200) NOT NULL' ;;
  esac
}
`;

/** `mysqldump [options] crm [customers|orders]…`: the dump of the demonstration's database, one tuple a line. */
export function mysqldumpScript(dataDirectory: string): string {
  return `#!/usr/bin/env bash
# The demonstration's mysqldump: a bash script over tab-separated files. It knows one database, crm.
set -u
${definitions(dataDirectory)}${MYSQLDUMP}`;
}

const MYSQLDUMP = `
fail() { printf 'mysqldump: %s\\n' "$1" >&2; exit 2; }

structure=yes rows=yes all=no words=()
while (( $# > 0 )); do
  case $1 in
    -d | --no-data) rows=no ;;
    -t | --no-create-info) structure=no ;;
    -A | --all-databases) all=yes ;;
    -B | --databases | --single-transaction | --quick | -q | --no-tablespaces | --skip-lock-tables | --compact | --opt) ;;
    -u | -h | -P | --user | --host | --port) shift || true ;;
    -u* | -h* | -P* | -p* | --user=* | --host=* | --port=* | --password=* | --default-character-set=*) ;;
    --help) echo 'Usage: mysqldump [--no-data] crm [customers|orders]... (the demonstration knows these only)'; exit 0 ;;
    -*) fail "unknown option '$1'" ;;
    *) words+=("$1") ;;
  esac
  shift || break
done
[[ $all = yes ]] && words=(crm)
(( \${#words[@]} > 0 )) || fail 'no database given; try: mysqldump crm customers'
[[ \${words[0]} = crm ]] || fail "Got error: 1049: \\"Unknown database '\${words[0]}'\\" when selecting the database"
tables=("\${words[@]:1}")
(( \${#tables[@]} > 0 )) || tables=(customers orders)
for table in "\${tables[@]}"; do
  [[ $table = customers || $table = orders ]] || fail "Couldn't find table: \\"$table\\""
done

create_table() { # table
  local names="columns_$1" name separator='('
  printf 'DROP TABLE IF EXISTS \`%s\`;\\nCREATE TABLE \`%s\` ' "$1" "$1"
  for name in \${!names}; do
    printf '%s\\n  \`%s\` %s' "$separator" "$name" "$(type_of "$name")"
    separator=','
  done
  printf '\\n) DEFAULT CHARSET=utf8mb4;\\n\\n'
}

insert_rows() { # table
  local names="columns_$1" tuple separator='' name at=0 template='(' fields
  for name in \${!names}; do
    (( at++ > 0 )) && template+=','
    if [[ $numeric = *" $name "* ]]; then template+='%s'; else template+="'%s'"; fi
  done
  template+=')'
  printf 'INSERT INTO \`%s\` VALUES\\n' "$1"
  while IFS=$'\\t' read -r -a fields; do
    printf -v tuple "$template" "\${fields[@]}"
    printf '%s%s' "$separator" "$tuple"
    separator=$',\\n'
  done < "$data/$1.tsv"
  printf ';\\n\\n'
}

printf -- '-- MySQL dump (Sekisho demonstration, invented data)\\n--\\n-- Host: crm-db    Database: crm\\n\\n'
printf '/*!40101 SET NAMES utf8mb4 */;\\n\\n'
[[ $all = yes ]] && printf 'CREATE DATABASE IF NOT EXISTS \`crm\`;\\nUSE \`crm\`;\\n\\n'
for table in "\${tables[@]}"; do
  [[ $structure = yes ]] && create_table "$table"
  [[ $rows = yes ]] && insert_rows "$table"
done
printf -- '-- Dump completed\\n'
`;

/** `mysql crm -e STATEMENT`, or a statement a line on standard input: a handful of statements, and it says so. */
export function mysqlScript(dataDirectory: string): string {
  return `#!/usr/bin/env bash
# The demonstration's mysql: a bash script that knows a handful of statements over tab-separated files.
set -u
${definitions(dataDirectory)}${MYSQL}`;
}

const MYSQL = `
help='The demonstration answers: SHOW TABLES; DESCRIBE t; SELECT COUNT(*) FROM t; SELECT * FROM t [LIMIT n];
SELECT * FROM t WHERE id = n; SELECT status, COUNT(*) FROM orders GROUP BY status; SELECT VERSION()
where t is customers or orders.'
fail() { printf 'ERROR %s\\n' "$1" >&2; exit 1; }

database='' statement='' header=yes
while (( $# > 0 )); do
  case $1 in
    -e | --execute) statement=\${2-}; shift || true ;;
    --execute=*) statement=\${1#--execute=} ;;
    -N | --skip-column-names) header=no ;;
    -D | --database) database=\${2-}; shift || true ;;
    -B | --batch | -s | --silent | -u* | -h* | -P* | -p* | --user=* | --host=* | --port=* | --password=*) ;;
    --help) printf 'Usage: mysql crm -e STATEMENT\\n%s\\n' "$help"; exit 0 ;;
    -*) fail "mysql: unknown option '$1'" ;;
    *) database=$1 ;;
  esac
  shift || break
done
[[ -z $database || $database = crm ]] || fail "1049 (42000): Unknown database '$database'"

titles() { [[ $header = yes ]] && printf '%s\\n' "$1"; return 0; }
table_header() { # table
  local names="columns_$1"
  titles "\${!names// /$'\\t'}"
}
select_rows() { # table, how many
  local line left=$2
  table_header "$1"
  while (( left-- > 0 )) && IFS= read -r line; do printf '%s\\n' "$line"; done < "$data/$1.tsv"
}
select_id() { # table, id
  local line
  while IFS= read -r line; do
    [[ $line = "$2"$'\\t'* ]] && { table_header "$1"; printf '%s\\n' "$line"; return; }
  done < "$data/$1.tsv"
}
count_by_status() {
  local -A counts=(); local fields status
  while IFS=$'\\t' read -r -a fields; do (( counts[\${fields[4]}] += 1 )); done < "$data/orders.tsv"
  titles $'status\\tCOUNT(*)'
  for status in "\${!counts[@]}"; do printf '%s\\t%s\\n' "$status" "\${counts[$status]}"; done
}
describe() { # table
  local names="columns_$1" name
  titles $'Field\\tType'
  for name in \${!names}; do printf '%s\\t%s\\n' "$name" "$(type_of "$name")"; done
}

answer() { # one statement
  local s count t='(customers|orders)'
  read -r -d '' -a s <<< "\${1%%;*}" || true
  s="\${s[*]}"
  [[ -z $s ]] && return
  shopt -s nocasematch
  if [[ $s =~ ^select\\ version\\(\\)$ ]]; then titles 'VERSION()'; echo 'demonstration'
  elif [[ -z $database ]]; then fail '1046 (3D000): No database selected; try: mysql crm -e STATEMENT'
  elif [[ $s = 'show tables' ]]; then titles 'Tables_in_crm'; printf 'customers\\norders\\n'
  elif [[ $s =~ ^(describe|desc)\\ $t$ ]]; then describe "\${BASH_REMATCH[2],,}"
  elif [[ $s =~ ^select\\ count\\(\\*\\)\\ from\\ (crm\\.)?$t$ ]]; then
    count="count_\${BASH_REMATCH[2],,}"
    titles 'COUNT(*)'
    echo "\${!count}"
  elif [[ $s =~ ^select\\ \\*\\ from\\ (crm\\.)?$t$ ]]; then select_rows "\${BASH_REMATCH[2],,}" 1000000
  elif [[ $s =~ ^select\\ \\*\\ from\\ (crm\\.)?$t\\ limit\\ ([0-9]{1,6})$ ]]; then
    select_rows "\${BASH_REMATCH[2],,}" "$(( 10#\${BASH_REMATCH[3]} ))"
  elif [[ $s =~ ^select\\ \\*\\ from\\ (crm\\.)?$t\\ where\\ id\\ ?=\\ ?([0-9]{1,6})$ ]]; then
    select_id "\${BASH_REMATCH[2],,}" "$(( 10#\${BASH_REMATCH[3]} ))"
  elif [[ $s =~ ^select\\ status,\\ ?count\\(\\*\\)\\ from\\ (crm\\.)?orders\\ group\\ by\\ status$ ]]; then count_by_status
  else fail "1064 (42000): this is a demonstration and not a database server. $help"
  fi
  shopt -u nocasematch
}

if [[ -n $statement ]]; then answer "$statement"; exit; fi
[[ -t 0 ]] && fail "there is no interactive mode in the demonstration; try: mysql crm -e 'SHOW TABLES'"
while IFS= read -r line || [[ -n $line ]]; do answer "$line"; done
`;

/** One word for the shell (POSIX 2.2.2: between single quotes everything but the single quote is itself). */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
