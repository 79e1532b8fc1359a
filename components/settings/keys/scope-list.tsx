'use client';

import {
  isSystemPermission,
  PERMISSION_NAMES,
  type Permission,
  permissionInWords,
  roleHas,
} from '@/lib/contracts/permissions';
import type { ViewerDto } from '@/lib/contracts/system';

/** Whether the viewer may give a key this permission. */
const mayGive = (viewer: ViewerDto, permission: Permission): boolean =>
  isSystemPermission(permission) ? viewer.systemAdmin : roleHas(viewer.role, permission);

interface ScopeListProps {
  viewer: ViewerDto;
  chosen: readonly Permission[];
  onChoose: (scopes: Permission[]) => void;
}

/** All permissions that the viewer has, as check boxes in words. */
export function ScopeList({ viewer, chosen, onChoose }: ScopeListProps) {
  const toggle = (permission: Permission, on: boolean) =>
    onChoose(on ? [...chosen, permission] : chosen.filter((one) => one !== permission));
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-xs">The key may</legend>
      <div className="grid max-h-64 gap-x-4 gap-y-1 overflow-y-auto rounded-md border p-2 sm:grid-cols-2">
        {PERMISSION_NAMES.filter((permission) => mayGive(viewer, permission)).map((permission) => (
          <label
            key={permission}
            title={permission}
            className="flex cursor-pointer items-start gap-2 text-sm pointer-coarse:py-1.5 [&>input]:mt-[3.5px] pointer-coarse:[&>input]:mt-px"
          >
            <input
              type="checkbox"
              className="accent-accent"
              checked={chosen.includes(permission)}
              onChange={(event) => toggle(permission, event.target.checked)}
            />
            {permissionInWords(permission)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
