'use client';

import { ListTree, LogOut, Settings } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ROLE_WORD } from '@/components/shared/role-select';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useSwitchOrganization } from '@/lib/client/mutations/people';
import { useSignOut } from '@/lib/client/mutations/system';
import { useOrganizations } from '@/lib/client/queries/people';
import type { ViewerDto } from '@/lib/contracts/system';

/** The signed-in user, the organization, and the sign-out. */
export function UserMenu({ viewer }: { viewer: ViewerDto }) {
  const signOut = useSignOut();
  const notify = useToast();
  const router = useRouter();
  const leave = () =>
    signOut.mutate(undefined, {
      onError: (error) => notify({ tone: 'error', title: 'You are still signed in', detail: describeError(error) }),
    });
  const [open, setOpen] = useState(false);
  return (
    <DropdownMenu open={open} onOpenChange={setOpen}>
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
            {ROLE_WORD[viewer.role]} of {viewer.organization.name}
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
        {/* Last, because it comes when the list was read, and no other item may move then. */}
        {open ? <OrganizationChoice viewer={viewer} /> : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** The other organizations of the person. Shown only if there are some. */
function OrganizationChoice({ viewer }: { viewer: ViewerDto }) {
  const { data: organizations = [] } = useOrganizations();
  const change = useSwitchOrganization();
  const notify = useToast();
  if (organizations.length < 2) return null;
  const enter = (id: string) => {
    if (id === viewer.organization.id) return;
    change.mutate(id, {
      onError: (error) =>
        notify({ tone: 'error', title: 'The organization was not switched', detail: describeError(error) }),
    });
  };
  return (
    <>
      <DropdownMenuSeparator />
      <DropdownMenuLabel id="organization-choice">Work in</DropdownMenuLabel>
      <DropdownMenuRadioGroup
        aria-labelledby="organization-choice"
        value={viewer.organization.id}
        onValueChange={enter}
        className="max-h-48 overflow-y-auto"
      >
        {organizations.map(({ id, name }) => (
          <DropdownMenuRadioItem key={id} value={id}>
            <span className="truncate" title={name}>
              {name}
            </span>
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}
