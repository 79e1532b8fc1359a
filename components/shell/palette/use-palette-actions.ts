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
import { useCapacity, useViewer } from '@/lib/client/queries/system';
import type { CapacityDto, ViewerDto } from '@/lib/contracts/system';
import type { AskedPause } from './pause-dialog';

/** What somebody may pause, or resume, by role: while it is paused it can only be resumed. */
function pausesFor(viewer: ViewerDto, { pause }: CapacityDto): (AskedPause & { title: string })[] {
  const verb = pause ? 'resume' : 'pause';
  const word = pause ? 'Resume' : 'Pause';
  const here = { title: `${word} everything…`, verb, everywhere: false } as const;
  const everywhere = { title: `${word} all organizations…`, verb, everywhere: true } as const;
  return [
    ...(roleReason(viewer, 'organization.pause') === null && !pause?.everywhere ? [here] : []),
    ...(roleReason(viewer, 'system.pause') === null && (!pause || pause.everywhere) ? [everywhere] : []),
  ];
}

/** An action of the palette: it opens a page, or does something. */
export interface PaletteAction extends Omit<PageAction, 'run'> {
  /** the heading over it; what the page offers has its own */
  group: string;
  /** a page to open; else `run` */
  href?: string;
  run?: () => void;
}

/** What the palette opens besides pages. */
export type PaletteDialog = 'keys' | AskedPause;

/** Returns what can be done here and everywhere, by role: what the page offers comes first. */
export function usePaletteActions(show: (dialog: PaletteDialog) => void): PaletteAction[] {
  const { data: viewer } = useViewer();
  const { data: types = [] } = useJobTypes();
  const { data: organizations = [] } = useOrganizations();
  const signOut = useSignOut();
  const enter = useSwitchOrganization();
  const notify = useToast();
  const failed = (title: string) => (error: Error) => notify({ tone: 'error', title, detail: describeError(error) });
  const group = 'Actions';
  const { data: capacity } = useCapacity();
  const pausing = viewer && capacity ? pausesFor(viewer, capacity) : [];
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
    ...pausing.map(({ title, ...asked }) => ({
      id: `${asked.verb}-everything${asked.everywhere ? '-everywhere' : ''}`,
      group,
      title,
      words: 'stop halt maintenance continue all organizations',
      run: () => show(asked),
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
    { id: 'keys', group, title: 'Show all keys', words: 'keyboard shortcuts help', run: () => show('keys') },
    {
      id: 'sign-out',
      group,
      title: 'Sign out',
      words: 'log out leave',
      run: () => signOut.mutate(undefined, { onError: failed('You are still signed in') }),
    },
  ];
}
