/** Terminals in the browser where workers serve: each in one worker, which everybody who comes back to it is sent to. */
import { Socket } from 'node:net';
import { GatewayError, invariant, LIMITS } from '../../foundation/index.ts';
import type { TerminalPlace, TerminalSeat, Upgrade } from '../../gateway/index.ts';
import type { HandedOver } from './messages.ts';
import type { WorkerPool } from './pool.ts';
import type { WorkerProcess } from './worker-process.ts';

export class WorkerTerminals implements TerminalPlace {
  readonly #pool: Pick<WorkerPool, 'idlest'>;
  readonly #workers = new Map<string, WorkerProcess>();

  constructor(pool: Pick<WorkerPool, 'idlest'>) {
    this.#pool = pool;
  }

  get size(): number {
    return this.#workers.size;
  }

  open(seat: TerminalSeat, upgrade: Upgrade, over: () => void): void {
    const worker = this.#pool.idlest;
    if (worker === undefined || worker.terminals >= LIMITS.terminalsPerProcessMax)
      throw new GatewayError('too_many_terminals');
    this.#workers.set(seat.id, worker);
    worker.openTerminal(seat, handedOver(upgrade), () => {
      this.#workers.delete(seat.id);
      over();
    });
  }

  resume(id: string, since: number | null, upgrade: Upgrade): boolean {
    const worker = this.#workers.get(id);
    worker?.resumeTerminal(id, since, handedOver(upgrade));
    return worker !== undefined;
  }
}

function handedOver({ request, socket, head }: Upgrade): HandedOver {
  invariant(socket instanceof Socket, 'a handshake comes over TCP');
  const headers = Object.fromEntries(
    HANDSHAKE.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return { handshake: { method: request.method ?? '', url: request.url ?? '', headers }, head, socket };
}

/** What the answer to a handshake is made of (RFC 6455 §4.2); the cookie and the rest stay here. */
const HANDSHAKE = ['upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol'];
