/** Makes a text fit for one field of a frame: no separator, nothing the terminal's driver would change. */
export const ENCODE = `__sekisho_e() {
  __sekisho_v=\${1//%/%25}
  __sekisho_v=\${__sekisho_v//;/%3b}
  __sekisho_v=\${__sekisho_v//$'\\n'/%0a}
  __sekisho_v=\${__sekisho_v//$'\\t'/%09}
  [[ $__sekisho_v == *[[:cntrl:]]* ]] || return 0
  local __sekisho_s=$__sekisho_v __sekisho_o= __sekisho_h
  while [[ -n $__sekisho_s ]]; do
    __sekisho_h=\${__sekisho_s:0:1} __sekisho_s=\${__sekisho_s:1}
    [[ $__sekisho_h != [[:cntrl:]] ]] || builtin printf -v __sekisho_h '%%%02x' "'$__sekisho_h"
    __sekisho_o+=$__sekisho_h
  done
  __sekisho_v=$__sekisho_o
}`;
