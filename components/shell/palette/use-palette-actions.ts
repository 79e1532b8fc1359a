'use client';

import { roleReason } from '@/components/shared/gating';
import { offeredActions, type PageAction } from '@/components/shared/page-actions';
import { THEME_LOOK, THEMES } from '@/components/ui/theme';
import { useToast } from '@/components/ui/toast';
import { applyTheme } from '@/components/ui/use-theme';
import { describeError } from '@/lib/client/api';
import { useSwitchOrganization } from '@/lib/client/mutations/people';
import { useSignOut } from '@/lib/client/mutations/system';
import { useJobTypes } from '@/lib/client/queries/jobs';
import { useOrganizations } from '@/lib/client/queries/people';
import { useViewer } from '@/lib/client/queries/system';

/** An action of the palette: it opens a page, or does something. */
export interface PaletteAction extends Omit<PageAction, 'run'> {
  /** the heading over it; what the page offers has its own */
  group: string;
  /** a page to open; else `run` */
  href?: string;
  run?: () => void;
}

/** Returns what can be done here and everywhere, by role: what the page offers comes first. */
export function usePaletteActions(showKeys: () => void): PaletteAction[] {
  const { data: viewer } = useViewer();
  const { data: types = [] } = useJobTypes();
  const { data: organizations = [] } = useOrganizations();
  const signOut = useSignOut();
  const enter = useSwitchOrganization();
  const notify = useToast();
  const failed = (title: string) => (error: Error) => notify({ tone: 'error', title, detail: describeError(error) });
  const group = 'Actions';
  const mayLaunch = viewer !== undefined && roleReason(viewer, 'batch.launch') === null;
  return [
    ...offeredActions().flatMap((offer) => offer.actions.map((action) => ({ ...action, group: offer.group }))),
    ...(mayLaunch ? types : []).map(({ type, title }) => ({
      id: `new-batch-${type}`,
      group,
      title: `New batch of type ${title}`,
      words: `launch create start ${type}`,
      href: `/batches/new?type=${encodeURIComponent(type)}`,
    })),
    ...THEMES.map((theme) => ({
      id: `theme-${theme}`,
      group,
      title: theme === 'system' ? 'Theme as the system' : `${THEME_LOOK[theme].word} theme`,
      words: 'switch theme colors appearance',
      run: () => applyTheme(theme),
    })),
    ...organizations
      .filter(({ current }) => !current)
      .map(({ id, name }) => ({
        id: `organization-${id}`,
        group,
        title: `Work in ${name}`,
        words: 'switch organization',
        run: () => enter.mutate(id, { onError: failed('The organization was not switched') }),
      })),
    { id: 'keys', group, title: 'Show all keys', words: 'keyboard shortcuts help', run: showKeys },
    {
      id: 'sign-out',
      group,
      title: 'Sign out',
      words: 'log out leave',
      run: () => signOut.mutate(undefined, { onError: failed('You are still signed in') }),
    },
  ];
}
