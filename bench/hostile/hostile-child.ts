/** All hostile peers in one process: a target that listens, and clients that come when they are told. */
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { seeded } from '../measure/random.ts';
import { attackAsClient, type ClientSide, fuzzOnce } from './as-client.ts';
import { HostileTarget } from './as-target.ts';
import type { HostileAnswer, HostileCommand, HostileSettings } from './hostile.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as HostileSettings;
const target = new HostileTarget({
  hostKey: settings.hostKey,
  transcript: readFileSync(settings.transcripts.server),
  random: seeded(settings.seed),
});

/** Many at once; what one meets is an answer, not an error. */
async function many(count: number, atOnce: number, work: () => Promise<void>): Promise<HostileAnswer> {
  const failures = new Map<string, number>();
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await work().catch((thrown: unknown) => {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        failures.set(why, (failures.get(why) ?? 0) + 1);
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { done: begun, failures: Object.fromEntries(failures), misbehaved: target.misbehaved };
}

/** Signs in properly and runs a command on the hostile target, whose answer is up to it. */
function visitTarget(gatewayPort: number, key: string, commands: number): Promise<void> {
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    let left = commands;
    const next = (): void => {
      if (left === 0) return void client.end();
      left -= 1;
      client.exec('cat', (error, channel) => {
        if (error !== undefined) return void client.end();
        channel.on('error', () => undefined).resume();
        channel.stderr.on('error', () => undefined).resume();
        const limit = setTimeout(() => channel.destroy(), 4_000);
        channel.on('close', () => {
          clearTimeout(limit);
          next();
        });
        if (target.behaviour === 'b3') feed(channel);
        else channel.end('hello\n');
      });
    };
    client.on('error', () => undefined);
    client.on('ready', next);
    client.on('close', () => resolve());
    client.connect({
      ...{ host: '127.0.0.1', port: gatewayPort, username: settings.targetName },
      ...{ privateKey: readFileSync(key), hostVerifier: () => true },
    });
    setTimeout(() => client.destroy(), 6_000 * commands).unref();
  });
}

/** Megabytes for somebody who never reads. */
function feed(channel: ssh2.ClientChannel): void {
  const chunk = Buffer.alloc(32_000, 'u');
  const more = (): void => {
    while (channel.writable && channel.write(chunk)) if (channel.writableLength > 8_000_000) break;
  };
  channel.on('drain', more);
  more();
}

async function answer(command: HostileCommand): Promise<HostileAnswer> {
  switch (command.do) {
    case 'fuzz': {
      const side: ClientSide = { ...(await clientSide(command)), random: seeded(command.seed) };
      return await many(command.count, command.atOnce, () => fuzzOnce(side));
    }
    case 'attack': {
      const side: ClientSide = { ...(await clientSide(command)), random: seeded(command.seed) };
      return await many(1, 1, () => attackAsClient(side, command.attack));
    }
    case 'visit':
      target.behaviour = command.behaviour;
      target.misbehaved = 0;
      return await many(command.count, command.atOnce, () => visitTarget(command.gatewayPort, command.key, 1));
  }
}

function clientSide({ gatewayPort, key, user }: { gatewayPort: number; key: string; user: string }) {
  return Promise.resolve({
    port: gatewayPort,
    user,
    privateKey: readFileSync(key),
    transcript: readFileSync(settings.transcripts.client),
  });
}

// A hostile peer that falls over attacks nobody: say so instead.
process.on('uncaughtException', (error) => process.stderr.write(`hostile peer: ${error.message}\n`));
process.on('message', (command: HostileCommand) => {
  void answer(command).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
await target.listen(settings.port);
process.stdout.write('ready\n');
