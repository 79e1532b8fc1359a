import type { Theme } from '@/components/ui/theme';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import type { ViewerDto } from '@/lib/contracts/system';
import { Breadcrumb } from './breadcrumb';
import { CapacityMeter } from './capacity-meter';
import { LiveState } from './live-state';
import { SearchBox } from './search-box';
import { UserMenu } from './user-menu';

/** The breadcrumbs, the search, the connection state and the capacity. */
export function TopBar({ viewer, theme }: { viewer: ViewerDto; theme: Theme }) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b bg-canvas px-2 md:gap-2 md:px-4 print:hidden">
      <Breadcrumb />
      <SearchBox />
      <LiveState />
      <CapacityMeter />
      <ThemeToggle initial={theme} />
      <UserMenu viewer={viewer} />
    </header>
  );
}
