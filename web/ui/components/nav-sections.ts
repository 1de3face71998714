import type { Role } from '../api/schemas.ts';

const ALL: readonly Role[] = [];
const PEOPLE: readonly Role[] = ['security_officer', 'administrator'];
const GATE: readonly Role[] = ['owner', 'auditor', 'security_officer', 'administrator'];
const KEEPERS: readonly Role[] = ['auditor', 'security_officer', 'administrator'];
const AUDIT: readonly Role[] = ['auditor', 'security_officer'];

/**
 * Where one goes, and which roles have something there. The daily work stands open; everything else stands in sections,
 * so that nobody reads past fifteen names to find one.
 */
const SECTIONS = [
  {
    key: 'nav.section.control',
    links: [
      ['/reconciliation', 'nav.reconcile', GATE],
      ['/reviews', 'nav.reviews', GATE],
      ['/gate', 'nav.gate', GATE],
      ['/locks', 'nav.locks', GATE],
      ['/accounts', 'nav.accounts', GATE],
    ],
  },
  {
    key: 'nav.section.evidence',
    links: [
      ['/search', 'nav.search', AUDIT],
      ['/audit', 'nav.audit', AUDIT],
      ['/check', 'nav.check', AUDIT],
      ['/custody', 'nav.custody', AUDIT],
    ],
  },
  {
    key: 'nav.section.administration',
    links: [
      ['/systems', 'nav.systems', GATE],
      ['/people', 'nav.people', PEOPLE],
      ['/deliveries', 'nav.deliveries', PEOPLE],
      ['/configuration', 'nav.configuration', KEEPERS],
    ],
  },
  {
    key: 'nav.section.own',
    links: [
      ['/keys', 'nav.keys', ALL],
      ['/security', 'nav.security', ALL],
    ],
  },
] as const;

type AnySection = (typeof SECTIONS)[number];
export type NavLink = AnySection['links'][number];

export interface NavSection {
  readonly key: AnySection['key'];
  readonly links: readonly NavLink[];
}

/** The sections in which one of these roles has something to do, with those links alone. */
export function sectionsOf(roles: readonly Role[]): readonly NavSection[] {
  return SECTIONS.map(({ key, links }) => ({ key, links: linksOf(links, roles) })).filter(
    ({ links }) => links.length > 0,
  );
}

function linksOf(links: readonly NavLink[], roles: readonly Role[]): readonly NavLink[] {
  return links.filter(([, , readers]) => readers === ALL || roles.some((role) => readers.includes(role)));
}
