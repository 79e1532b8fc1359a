import type { ReactNode } from 'react';
import type { Theme } from '@/components/ui/theme';
import type { ViewerDto } from '@/lib/contracts/system';
import { Content } from './content';
import { LiveFavicon } from './live-favicon';
import { Rail } from './rail';
import { TabBar } from './tab-bar';
import { TopBar } from './top-bar';

interface ShellProps {
  viewer: ViewerDto;
  theme: Theme;
  /** the rail shows icons only */
  narrow: boolean;
  children: ReactNode;
}

/** The frame of every page: navigation, top bar, and one scrolling region (`#content`). */
export function Shell({ viewer, theme, narrow, children }: ShellProps) {
  return (
    <div className="flex h-dvh overflow-hidden print:h-auto print:overflow-visible">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent-fill focus:px-3 focus:py-1.5 focus:text-on-accent"
      >
        Skip to content
      </a>
      <LiveFavicon />
      <Rail narrow={narrow} />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar viewer={viewer} theme={theme} />
        <Content>{children}</Content>
        <TabBar />
      </div>
    </div>
  );
}
