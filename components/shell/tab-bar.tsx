'use client';

import { Ellipsis } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { Link } from '@/components/ui/link';
import { CriticalCount } from './critical-count';
import { DeadLetterCount } from './dead-letter-count';
import { NAV_ITEMS, navItemOf, useOffered } from './navigation';

const tabStyle = (isHere: boolean) =>
  cn(
    'relative flex h-13 flex-col items-center justify-center gap-0.5 text-2xs text-muted -outline-offset-2',
    isHere && 'font-medium text-accent',
  );

/** The main navigation of a phone, at the bottom. What has no room there is behind “More”. */
export function TabBar() {
  const here = navItemOf(usePathname());
  const router = useRouter();
  const offered = useOffered(NAV_ITEMS);
  return (
    <nav
      aria-label="Main navigation"
      className="grid shrink-0 auto-cols-fr grid-flow-col border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
    >
      {offered
        .filter(({ behindMore }) => !behindMore)
        .map(({ href, title, icon: Icon }) => (
          <Link
            key={href}
            href={href}
            aria-current={here?.href === href ? 'page' : undefined}
            className={tabStyle(here?.href === href)}
          >
            <Icon className="size-4.5" />
            {title}
            {href === '/' ? <CriticalCount className="absolute top-1 left-1/2 ml-2" /> : null}
          </Link>
        ))}
      <DropdownMenu>
        <DropdownMenuTrigger className={tabStyle(here?.behindMore === true)}>
          <Ellipsis className="size-4.5" />
          More
        </DropdownMenuTrigger>
        <DropdownMenuContent side="top">
          {offered
            .filter(({ behindMore }) => behindMore)
            .map(({ href, title, icon: Icon }) => (
              <DropdownMenuItem
                key={href}
                className="min-h-11"
                aria-current={here?.href === href ? 'page' : undefined}
                onSelect={() => router.push(href)}
              >
                <Icon />
                {title}
                {href === '/dead-letters' ? <DeadLetterCount className="ml-auto" /> : null}
              </DropdownMenuItem>
            ))}
        </DropdownMenuContent>
      </DropdownMenu>
    </nav>
  );
}
