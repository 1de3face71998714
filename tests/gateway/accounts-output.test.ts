import { describe, expect, test } from '@jest/globals';
import { parseAccounts } from '../../gateway/ssh/target/accounts-output.ts';
import { LIMITS } from '../../foundation/index.ts';

const END = '--sekisho-lastlog--';
const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const LASTLOG = `Username         Port     From                                       Latest
root                                                                **Never logged in**
aoki             pts/0    192.0.2.7                                  Mon Nov 23 15:27:19 +0900 2026`;

describe('what a target says of its accounts', () => {
  test.each([
    ['nothing', ''],
    ['no end', `${ROOT}\n`],
    ['an end at once', `${END}\n`],
    ['a line that is none', `${ROOT}\nnonsense\n${END}\n`],
    ['a name that draws on a terminal', `\x1b[2J:x:1000:1000::/:/bin/sh\n${END}\n`],
    ['a user id that is no number', `aoki:x:-1:0::/:/bin/sh\n${END}\n`],
    ['too many', `${`${ROOT}\n`.repeat(LIMITS.targetAccountsMax + 1)}${END}\n`],
  ])('is refused when it is %s', (_, output) => {
    expect(() => parseAccounts(output)).toThrow(expect.objectContaining({ code: 'protocol_violation' }));
  });

  test('is each account with its user id, its shell and when somebody was last there', () => {
    expect(parseAccounts(`${ROOT}\naoki:x:1000:1000:,,,:/home/aoki:/bin/bash\n${END}\n${LASTLOG}\n`)).toEqual([
      { name: 'root', uid: 0, shell: '/bin/bash', lastLoginAt: null },
      { name: 'aoki', uid: 1000, shell: '/bin/bash', lastLoginAt: new Date('2026-11-23T06:27:19Z') },
    ]);
    expect(parseAccounts(`${ROOT}\n${END}\n`)).toHaveLength(1);
  });
});
