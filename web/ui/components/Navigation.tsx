import { Burger, Drawer } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';
import { type FocusEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../api/schemas.ts';
import { type NavLink, type NavSection, sectionsOf } from './nav-sections.ts';

/** Wide screens have the sections as menus in one row, narrow ones as one list behind a button. */
export function Navigation({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const sections = sectionsOf(me.person.roles);
  return (
    <nav className="main-nav top-nav" aria-label={t('nav.main')}>
      <ul className="nav-wide">
        <Daily me={me} />
        {sections.map((section) => (
          <li key={section.key} className="nav-section">
            <Section section={section} />
          </li>
        ))}
      </ul>
      <NarrowMenu me={me} sections={sections} />
      <Link to="/notifications" aria-label={t('app.notifications', { n: me.notificationCount })}>
        <Bell /> {me.notificationCount > 0 && <span className="count">{me.notificationCount}</span>}
      </Link>
    </nav>
  );
}

function Daily({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  return (
    <>
      <li>
        <Link to="/" activeOptions={{ exact: true }}>
          {t('nav.home')}
        </Link>
      </li>
      <li>
        <Link to="/tickets">
          {t('nav.tickets')} {me.inboxCount > 0 && <span className="count">{me.inboxCount}</span>}
        </Link>
      </li>
      <li>
        <Link to="/sessions">{t('nav.sessions')}</Link>
      </li>
      <li>
        <Link to="/relay">{t('nav.relay')}</Link>
      </li>
    </>
  );
}

/**
 * A button that shows a list of links (WAI-ARIA, disclosure navigation): links stay links, Tab goes through them, Escape
 * and leaving close it, and it closes behind whoever has gone to another page.
 */
function Section({ section: { key, links } }: { readonly section: NavSection }) {
  const { t } = useTranslation();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const path = usePath();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const onBlur = (event: FocusEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  const isHere = links.some(([to]) => path === to || path.startsWith(`${to}/`));
  return (
    <div onBlur={onBlur} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-controls={id}
        data-here={isHere || undefined}
        onClick={() => setOpen(!open)}
      >
        {t(key)} <Chevron />
      </button>
      <ul id={id} hidden={!open}>
        <Links links={links} />
      </ul>
    </div>
  );
}

function Links({ links }: { readonly links: readonly NavLink[] }) {
  const { t } = useTranslation();
  return links.map(([to, key]) => (
    <li key={to}>
      <Link to={to}>{t(key)}</Link>
    </li>
  ));
}

function NarrowMenu({ me, sections }: { readonly me: Me; readonly sections: readonly NavSection[] }) {
  const { t } = useTranslation();
  const path = usePath();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  return (
    <div className="nav-narrow">
      <Burger size="sm" opened={open} aria-label={t('nav.open')} aria-expanded={open} onClick={() => setOpen(true)} />
      {me.inboxCount > 0 && (
        <Link to="/tickets" aria-label={t('nav.waiting', { n: me.inboxCount })}>
          {t('nav.tickets')} <span className="count">{me.inboxCount}</span>
        </Link>
      )}
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        title={t('nav.main')}
        size="18rem"
        closeButtonProps={{ 'aria-label': t('nav.close') }}
      >
        <nav className="main-nav nav-list" aria-label={t('nav.all')}>
          <ul>
            <Daily me={me} />
          </ul>
          {sections.map(({ key, links }) => (
            <section key={key} aria-label={t(key)}>
              <h2>{t(key)}</h2>
              <ul>
                <Links links={links} />
              </ul>
            </section>
          ))}
        </nav>
      </Drawer>
    </div>
  );
}

const usePath = (): string => useRouterState({ select: (state) => state.location.pathname });

function Chevron() {
  return (
    <svg viewBox="0 0 12 12" width={10} height={10} fill="none" stroke="currentColor" strokeWidth={2} aria-hidden>
      <path d="m2 4 4 4 4-4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

function Bell() {
  return (
    <svg viewBox="0 0 24 24" width={20} height={20} fill="none" stroke="currentColor" strokeWidth={2} aria-hidden>
      <path d="M6 9a6 6 0 0 1 12 0c0 6 2 7 2 8H4c0-1 2-2 2-8ZM10 20a2 2 0 0 0 4 0" strokeLinejoin="round" />
    </svg>
  );
}
