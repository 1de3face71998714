import type { Config } from '../config/index.ts';
import { LIMITS, type Log } from '../foundation/index.ts';
import { type Running, startAll } from './all.ts';
import { answerReloads } from './reload.ts';
import { untilStopped } from './until-stopped.ts';

/** Runs the gateway until it is asked to stop or can no longer record. `load` reads the configuration anew. */
export async function serve(config: Config, log: Log, load: () => Promise<Config>): Promise<number> {
  const running = await startAll(config, log);
  const stopAnswering = answerReloads(running, { load, log });
  process.stdout.write(`${startLine(running)}\n`);
  if (config.mode === 'demo')
    process.stdout.write('sekisho: demo mode: invented people and data, no password; not for production\n');
  const why = await untilStopped(running.failed, log);
  log.info({ event: 'gateway.stopping', why }, 'stopping');
  const hard = setTimeout(() => process.exit(1), LIMITS.shutdownSeconds * 1_000);
  stopAnswering();
  await running[Symbol.asyncDispose]();
  clearTimeout(hard);
  return why === 'failed' ? 1 : 0;
}

function startLine({ publicUrl, ssh, workers }: Running): string {
  const { serving } = workers();
  const served = serving === 0 ? '' : `  (${serving} ${serving === 1 ? 'worker' : 'workers'})`;
  return `sekisho: console ${publicUrl.href}  ssh -p ${ssh.port} TARGET@${ssh.host}${served}`;
}
