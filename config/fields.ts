/** Shapes that several sections of the configuration have. */
import { z } from 'zod';

export const path = z.string().min(1).max(4_096);

/** A URL of one of `protocols`; its message never repeats the value, which may hold a password. */
export const urlOf = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
