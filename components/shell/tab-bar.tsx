'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import { CriticalCount } from './critical-count';
import { NAV_ITEMS, navItemOf, useOffered } from './navigation';

/** The main navigation of a phone, at the bottom. */
export function TabBar() {
  const here = navItemOf(usePathname());
  const offered = useOffered(NAV_ITEMS).filter(({ wideOnly }) => !wideOnly);
  return (
    <nav
      aria-label="Main navigation"
      className="grid shrink-0 auto-cols-fr grid-flow-col border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
    >
      {offered.map(({ href, title, icon: Icon }) => (
        <Link
          key={href}
          href={href}
          aria-current={here?.href === href ? 'page' : undefined}
          className={cn(
            'relative flex h-13 flex-col items-center justify-center gap-0.5 text-2xs text-muted -outline-offset-2',
            here?.href === href && 'font-medium text-accent',
          )}
        >
          <Icon className="size-4.5" />
          {title}
          {href === '/' ? <CriticalCount className="absolute top-1 left-1/2 ml-2" /> : null}
        </Link>
      ))}
    </nav>
  );
}
