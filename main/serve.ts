import type { Config } from '../config/index.ts';
import { LIMITS, type Log } from '../foundation/index.ts';
import { startAll } from './all.ts';
import { untilStopped } from './until-stopped.ts';

/** Runs the gateway until it is asked to stop or can no longer record. */
export async function serve(config: Config, log: Log): Promise<number> {
  const running = await startAll(config, log);
  const { publicUrl, ssh } = running;
  process.stdout.write(`sekisho: console ${publicUrl.href}  ssh -p ${ssh.port} TARGET@${ssh.host}\n`);
  if (config.mode === 'demo')
    process.stdout.write('sekisho: demo mode: invented people and data, no password; not for production\n');
  const why = await untilStopped(running.failed, log);
  log.info({ event: 'gateway.stopping', why }, 'stopping');
  const hard = setTimeout(() => process.exit(1), LIMITS.shutdownSeconds * 1_000);
  await running[Symbol.asyncDispose]();
  clearTimeout(hard);
  return why === 'failed' ? 1 : 0;
}
