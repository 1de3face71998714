/** By which names browsers reach sites: `crm-admin.apps.example` is the target `crm-admin`. */
export interface SitePlaceOptions {
  /** What stands behind the name of a target: `apps.example`. */
  readonly domain: string;
  /** What browsers connect to: with TLS here or at a proxy before it. */
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

export interface SitePlace extends SitePlaceOptions {
  /** The label of the target's name; undefined: the request is for no site. */
  labelOf(host: string): string | undefined;
  originOf(label: string): string;
}

export function createSitePlace({ domain, scheme, port }: SitePlaceOptions): SitePlace {
  const isDefault = port === (scheme === 'https' ? 443 : 80);
  const suffix = `.${domain}${isDefault ? '' : `:${port}`}`;
  return {
    ...{ domain, scheme, port },
    labelOf: (host) => {
      const asked = host.toLowerCase();
      const label = asked.endsWith(suffix) ? asked.slice(0, -suffix.length) : '';
      return /^[a-z0-9][a-z0-9-]{0,126}$/.test(label) ? label : undefined;
    },
    originOf: (label) => `${scheme}://${label}${suffix}`,
  };
}
