import {
  type Access,
  blockedReason,
  type Gate,
  permissionGate,
  roleReason,
  shownGate,
} from '@/components/shared/gating';
import type { Permission } from '@/lib/contracts/permissions';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import type { ViewerDto } from '@/lib/contracts/system';

interface Situation extends Omit<Access, 'viewer'> {
  viewer: ViewerDto | undefined;
  schedule: Pick<ScheduleDto, 'own'>;
}

/** Returns which actions of a schedule are shown: everybody changes their own, an administrator those of others too. */
export function scheduleGates(situation: Situation): Record<'update' | 'run' | 'delete', Gate> {
  const { viewer, schedule } = situation;
  const others = schedule.own ? null : roleReason(viewer, 'schedule.change-others');
  const gate = (permission: Permission): Gate => {
    const own = permissionGate(situation, permission, null);
    if (!own.shown) return own;
    return others === null ? shownGate(blockedReason(situation)) : { shown: false, reason: others };
  };
  return { update: gate('schedule.update'), run: gate('schedule.run'), delete: gate('schedule.delete') };
}
