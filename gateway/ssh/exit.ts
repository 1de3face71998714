import type { ClientChannel } from './library/index.ts';

/** How a program ended: a status, or the signal that ended it (RFC 4254 §6.10). */
export interface Exit {
  readonly status?: number;
  readonly signal?: string;
  readonly coreDumped?: boolean;
}

/** How the program behind a channel ends. Call it the moment the channel is there: what was told before is lost. */
export function exitOf(target: ClientChannel): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit = {};
    target.once('exit', (status: number | null, signal?: string, core?: string | boolean) => {
      exit =
        status === null
          ? { ...(signal === undefined ? {} : { signal }), coreDumped: core === 'core' || core === true }
          : { status };
    });
    target.once('close', () => resolve(exit));
  });
}
