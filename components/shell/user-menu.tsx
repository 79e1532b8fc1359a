'use client';

import { ListTree, LogOut, Settings } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useSignOut } from '@/lib/client/mutations/system';
import { ROLE_IN_WORDS } from '@/lib/contracts/permissions';
import type { ViewerDto } from '@/lib/contracts/system';

/** The signed-in user, the organization, and the sign-out. */
export function UserMenu({ viewer }: { viewer: ViewerDto }) {
  const signOut = useSignOut();
  const notify = useToast();
  const router = useRouter();
  const leave = () =>
    signOut.mutate(undefined, {
      onError: (error) => notify({ tone: 'error', title: 'Still signed in', detail: describeError(error) }),
    });
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`Account: ${viewer.name}`} busy={signOut.isPending}>
          <span className="grid size-6 place-items-center rounded-full border border-line-strong bg-surface font-medium text-2xs text-ink uppercase">
            {[...viewer.name.trim()][0] ?? '?'}
          </span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-60">
        <div className="px-2 py-1.5">
          <p className="truncate font-medium text-sm">{viewer.name}</p>
          {viewer.email ? <p className="truncate text-muted text-xs">{viewer.email}</p> : null}
          <p className="truncate text-muted text-xs">
            {ROLE_IN_WORDS[viewer.role]} of {viewer.organization.name}
          </p>
        </div>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => router.push('/settings')}>
          <Settings /> Settings
        </DropdownMenuItem>
        {viewer.systemAdmin ? (
          // This page is outside of the Next.js application, so it needs a full page load.
          <DropdownMenuItem onSelect={() => window.location.assign('/admin/queues')}>
            <ListTree /> Queues (Bull Board)
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem onSelect={leave}>
          <LogOut /> Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
