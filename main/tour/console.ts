/** The console's API as a signed-in person uses it: cookies, same origin, JSON. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { signInByHttp } from '../../demo/index.ts';
import { expect } from './report.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

const ChoicesAnswer = z.object({ targets: z.array(z.object({ id: z.string(), name: z.string() })) });
const NewsAnswer = z.object({ notifications: z.array(z.object({ kind: z.string(), payload: z.unknown() })) });

export class TourPerson {
  readonly login: string;
  readonly #publicUrl: URL;
  readonly #cookie: string;

  private constructor(login: string, publicUrl: URL, cookie: string) {
    this.login = login;
    this.#publicUrl = publicUrl;
    this.#cookie = cookie;
  }

  /** Signs in through the identity provider's real pages. */
  static async signIn(login: string, publicUrl: URL): Promise<TourPerson> {
    return new TourPerson(login, publicUrl, await signInByHttp({ publicUrl: publicUrl.href, login, fetch }));
  }

  get(path: string): Promise<Answer> {
    return this.#send(path, {});
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.#send(path, { method: 'POST', body: JSON.stringify(body) });
  }

  remove(path: string): Promise<Answer> {
    return this.#send(path, { method: 'DELETE' });
  }

  /** The servers this person may ask for that have this name. */
  async targetsNamed(name: string): Promise<string[]> {
    const { targets } = ChoicesAnswer.parse((await this.get('/api/tickets/choices')).json);
    return targets.filter((target) => target.name === name).map(({ id }) => id);
  }

  /** Waits for a message of this kind that tells of this ticket. */
  async getNews(told: string, ticket: string): Promise<void> {
    await this.getWhen('/api/notifications', NewsAnswer, ({ notifications }) =>
      notifications.some(({ kind, payload }) => kind === told && JSON.stringify(payload).includes(ticket)),
    );
  }

  /** Repeats a GET until `ready` says so: some things follow a moment after ssh has ended. */
  async getWhen<Shape>(path: string, shape: z.ZodType<Shape>, ready: (value: Shape) => boolean): Promise<Shape> {
    for (let left = POLLS_MAX; ; left -= 1) {
      const answer = await this.get(path);
      expect(answer.status === 200, `200 from ${path}`, answer.text);
      const value = shape.parse(answer.json);
      if (ready(value)) return value;
      expect(left > 0, `${path} to be ready within ten seconds`, answer.text);
      await wait(POLL_MS);
    }
  }

  /** Repeats a GET while there is nothing: what a job of the gateway makes is there at its next turn. */
  async getFound(path: string, secondsMax: number): Promise<Answer> {
    for (let left = (secondsMax * SECOND_MS) / POLL_MS; ; left -= 1) {
      const answer = await this.get(path);
      if (answer.status === 200) return answer;
      expect(answer.status === 404 && left > 0, `${path} to be there within ${secondsMax} seconds`, answer.text);
      await wait(POLL_MS);
    }
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    const url = new URL(path, this.#publicUrl);
    const headers = { cookie: this.#cookie, origin: this.#publicUrl.origin, 'content-type': 'application/json' };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    const text = await response.text();
    return { status: response.status, text, json: parseJson(text) };
  }
}

const SECOND_MS = 1_000;
const POLL_MS = 50;
const POLLS_MAX = 200;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The parts of the API's answers that the story looks at. */
export const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export const RefusedActAnswer = z.object({
  refusedAct: z.object({ text: z.string(), suggested: z.object({ rowsMax: z.number(), bytesMax: z.number() }) }),
});
/** Of every kind of ticket. */
export const AnyTicketAnswer = z.object({
  ticket: z.object({ id: z.string(), number: z.number(), state: z.string(), actDigest: z.string() }),
});
export const TicketAnswer = z.object({
  ticket: z.object({
    id: z.string(),
    number: z.number(),
    state: z.string(),
    actText: z.string(),
    actDigest: z.string(),
    result: z
      .object({ outcome: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string(), sessionId: z.string() })
      .nullable(),
  }),
});
export const SessionAnswer = z.object({
  session: z.object({ id: z.string(), sealed: z.boolean(), closeReason: z.string().nullable() }),
});
export const VerifyAnswer = z.object({
  report: z.object({ verdict: z.string(), frames: z.number(), bytes: z.number() }),
});
export const ProgramsAnswer = z.object({
  programs: z.array(z.object({ id: z.string(), name: z.string(), state: z.string() })),
});
