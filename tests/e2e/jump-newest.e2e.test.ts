/** A jump with the newest OpenSSH, which warns about more than Debian's does. */
import { expect, test } from '@jest/globals';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { jumpSettings } from './support/jump-settings.ts';
import { newest } from './support/house.ts';

describeWithNewestOpenSsh('a jump with the newest OpenSSH', ({ ssh }) => {
  test.each(['crm-db', 'crm-db.sekisho', 'crm-db%crm'])('warns of nothing on either hop: %s', async (host) => {
    await using gateway = await TestGateway.start();
    const result = await runToEnd(ssh, ['-F', await jumpSettings(gateway, 'chen'), host, 'echo in; exit 3']);
    expect(result).toEqual({ status: 3, stdout: Buffer.from('in\n'), stderr: '' });
    expect((await newest(gateway.database, 'ssh.jumped')).body).toMatchObject({ account: 'chen' });
  });
});
