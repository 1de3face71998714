/** The bars of the SSH bastion, each measured beside OpenSSH on the same machine in the same run. */
import { profiling } from '../measure/profile.ts';
import { type BenchOptions, type Part, type Report, reportOf } from '../model.ts';
import { World } from '../world/world.ts';
import { bulk } from './bulk.ts';
import { connectLoopback, connectWan } from './connect.ts';
import { echoBuffered, echoIdle, echoUnderBulk } from './echo.ts';
import { fidelity } from './fidelity.ts';
import { hostile } from './hostile.ts';
import { handshake, type LoadWorld, loadWorld, memory } from './load.ts';
import { sftp } from './sftp.ts';
import { workers } from './workers.ts';

/** Parts that share one world. */
const SHARED: Readonly<Record<string, (world: World, options: BenchOptions) => Promise<Part>>> = {
  connect_loopback: connectLoopback,
  connect_wan: connectWan,
  echo_idle: echoIdle,
  bulk,
  sftp,
};

/** Parts that need a target that costs nothing, and cores of their own. */
const UNDER_LOAD: Readonly<Record<string, (world: LoadWorld, options: BenchOptions) => Promise<Part>>> = {
  handshake,
  memory,
};

/** Parts with a world of their own. */
const ALONE: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>> = {
  echo_buffered: echoBuffered,
  echo_under_bulk: echoUnderBulk,
  workers,
  hostile,
  fidelity,
};

export async function sshBench(options: BenchOptions): Promise<Report> {
  const wanted = (id: string): boolean => options.only.length === 0 || options.only.includes(id);
  const parts: Part[] = [];
  const nodeArguments = options.profile === undefined ? [] : profiling(options.profile);
  const shared = Object.entries(SHARED).filter(([id]) => wanted(id));
  if (shared.length > 0) {
    await using world = await World.start({ withWan: wanted('connect_wan'), nodeArguments });
    for (const [id, measure] of shared) {
      options.say(`-- ${id}`);
      parts.push(await measure(world, options));
    }
  }
  const loaded = Object.entries(UNDER_LOAD).filter(([id]) => wanted(id));
  if (loaded.length > 0) {
    await using world = await loadWorld({ nodeArguments });
    for (const [id, measure] of loaded) {
      options.say(`-- ${id}`);
      parts.push(await measure(world, options));
    }
  }
  for (const [id, measure] of Object.entries(ALONE).filter(([name]) => wanted(name))) {
    options.say(`-- ${id}`);
    parts.push(await measure(options));
  }
  return reportOf('ssh', parts);
}
