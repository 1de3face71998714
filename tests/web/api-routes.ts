/** The routes that an API really has, found in it. */
import type { Express } from 'express';

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
  match(path: string): boolean;
}

/** `GET /api/…` of everything that is mounted there. */
export function apiRoutes(app: Express): string[] {
  const { stack } = (app as unknown as { router: { stack: readonly Layer[] } }).router;
  const mounted = stack.filter((layer) => layer.route === undefined && layer.match('/api/x') && !layer.match('/x'));
  const routes = mounted
    .flatMap((layer) => within(layer))
    .flatMap(({ route }) =>
      route === undefined
        ? []
        : Object.keys(route.methods).map((method) => `${method.toUpperCase()} /api${route.path}`),
    );
  return [...new Set(routes)].sort();
}

/** The layers of a router, and of the routers inside it. */
function within({ handle }: Layer): readonly Layer[] {
  return (handle?.stack ?? []).flatMap((layer) => (layer.route === undefined ? within(layer) : [layer]));
}
