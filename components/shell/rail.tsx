'use client';

import { PanelLeftClose, PanelLeftOpen, Settings } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { ViewLinks } from '@/components/query/view-links';
import { cn } from '@/components/ui/cn';
import { Link } from '@/components/ui/link';
import { Logo } from '@/components/ui/logo';
import { Tooltip } from '@/components/ui/tooltip';
import { CriticalCount } from './critical-count';
import { DeadLetterCount } from './dead-letter-count';
import { NAV_ITEMS, type NavItem, navItemOf, RAIL_COOKIE, useOffered } from './navigation';

const linkStyle =
  'flex h-8 items-center gap-2.5 rounded-md px-2 text-muted text-sm hover:bg-hover hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0';

/** The place of a count where only the icon is shown. */
const CORNER = 'absolute top-0 right-0';
const NARROW_CORNER = 'max-lg:absolute max-lg:top-0 max-lg:right-0';

/** The main navigation on the left. It shows only icons on a tablet or by choice. Phones have the TabBar instead. */
export function Rail({ narrow: initial }: { narrow: boolean }) {
  const [narrow, setNarrow] = useState(initial);
  const path = usePathname();
  const here = navItemOf(path);
  const offered = useOffered(NAV_ITEMS);
  const fold = () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in plain-http contexts
    document.cookie = `${RAIL_COOKIE}=${narrow ? 'wide' : 'narrow'}; path=/; max-age=${365 * 24 * 3600}; samesite=lax`;
    setNarrow(!narrow);
  };
  const word = narrow ? 'sr-only' : 'truncate max-lg:sr-only';
  const Fold = narrow ? PanelLeftOpen : PanelLeftClose;
  const item = ({ href, title, icon: Icon }: Pick<NavItem, 'href' | 'title' | 'icon'>) => {
    const isOpen = here?.href === href || (href === '/settings' && path.startsWith(href));
    return (
      <li key={href}>
        <Tooltip content={title} side="right" className={narrow ? undefined : 'lg:hidden'}>
          <Link
            href={href}
            aria-current={isOpen ? 'page' : undefined}
            className={cn(linkStyle, 'relative', isOpen && 'bg-selected font-medium text-accent hover:text-accent')}
          >
            <Icon />
            <span className={word}>{title}</span>
            {href === '/' ? <CriticalCount className={narrow ? CORNER : cn('ml-auto', NARROW_CORNER)} /> : null}
            {href === '/dead-letters' ? (
              <DeadLetterCount className={narrow ? CORNER : cn('ml-auto', NARROW_CORNER)} />
            ) : null}
          </Link>
        </Tooltip>
      </li>
    );
  };
  return (
    <nav
      aria-label="Main navigation"
      className={cn(
        'flex w-13 shrink-0 flex-col border-r bg-canvas px-2 pb-2 max-md:hidden print:hidden',
        !narrow && 'lg:w-44',
      )}
    >
      <Link href="/" className="mb-2 flex h-12 items-center gap-2.5 px-2 font-semibold tracking-tight">
        <Logo className="shrink-0" />
        <span className={word}>Batchyard</span>
      </Link>
      <ul className="flex flex-col gap-0.5">{offered.map(item)}</ul>
      <div className="flex min-h-0 flex-1 flex-col">{narrow ? null : <ViewLinks className="max-lg:hidden" />}</div>
      <ul>{item({ href: '/settings', title: 'Settings', icon: Settings })}</ul>
      <button
        type="button"
        aria-expanded={!narrow}
        aria-label={narrow ? 'Expand the navigation' : 'Collapse the navigation'}
        title={narrow ? 'Expand the navigation' : 'Collapse the navigation'}
        onClick={fold}
        className={cn(linkStyle, 'max-lg:hidden')}
      >
        <Fold />
      </button>
    </nav>
  );
}
