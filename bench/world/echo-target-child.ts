/** A target that costs next to nothing: it lets everybody in, echoes what it is sent, and calls every command a success. */
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import '../../gateway/ssh/library/ssh2.ts'; // Gives the library its post-quantum key exchange.

const { port, hostKey } = JSON.parse(process.argv[2] ?? '{}') as { port: number; hostKey: string };

const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (client) => {
  client.on('error', () => undefined);
  client.on('authentication', (context) => {
    if (context.method === 'publickey') context.accept();
    else context.reject(['publickey']);
  });
  client.on('session', (accept) => {
    const session = accept();
    session.on('pty', (yes) => yes());
    session.on('env', (yes) => (yes as (() => void) | undefined)?.());
    session.on('window-change', (yes) => (yes as (() => void) | undefined)?.());
    session.on('shell', (yes) => {
      const channel = yes();
      channel.on('error', () => undefined);
      channel.on('data', (bytes: Buffer) => channel.write(bytes));
      channel.on('end', () => channel.end());
    });
    session.on('exec', (yes) => {
      const channel = yes();
      channel.on('error', () => undefined);
      channel.exit(0);
      channel.end();
    });
  });
});
server.on('connection', () => undefined);
server.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('disconnect', () => process.exit(0));
