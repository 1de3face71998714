import { CUSTOMER_COUNT } from './rows.ts';
import { shellQuote } from './tools.ts';

/**
 * `customer-page N`: twenty customers a page, as the support desk's own program would show them. No list of the gate
 * knows it, so it is asked about; what it shows is counted, whoever accepted it.
 */
export function pageToolScript(dataDirectory: string): string {
  return `#!/usr/bin/env bash
# The demonstration's inquiry screen: one page of invented customers.
set -u
data=${shellQuote(dataDirectory)}
size=20
pages=$(( (${CUSTOMER_COUNT} + size - 1) / size ))
${PAGE_TOOL}`;
}

const PAGE_TOOL = `
page=\${1-1}
[[ $page =~ ^[0-9]{1,4}$ ]] && (( 10#$page >= 1 && 10#$page <= pages )) || {
  printf 'customer-page: a page from 1 to %d\\n' "$pages" >&2
  exit 2
}
first=$(( (10#$page - 1) * size ))
printf -- '-- page %d of %d\\n' "$(( 10#$page ))" "$pages"
mapfile -t -s "$first" -n "$size" lines < "$data/customers.tsv"
for line in "\${lines[@]}"; do
  IFS=$'\\t' read -r id name _ phone email _ <<< "$line"
  printf '%s  %s  %s  %s\\n' "$id" "$name" "$phone" "$email"
done
`;
