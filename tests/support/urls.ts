import { Secret } from '../../foundation/index.ts';

/** The same server and role, another database. */
export function withDatabase(url: string | Secret<string>, name: string): Secret<string> {
  const changed = new URL(typeof url === 'string' ? url : url.expose());
  changed.pathname = `/${name}`;
  return new Secret(changed.href);
}
