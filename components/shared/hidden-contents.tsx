import { EyeOff } from 'lucide-react';
import { EmptyState } from '@/components/ui/states';

/** Stands where the contents of jobs would be, for members who may not see them. @param what `input` */
export function HiddenContents({ what }: { what: string }) {
  return (
    <EmptyState icon={<EyeOff />} title={`The ${what} is not shown to you`}>
      Your membership does not show the contents of jobs. An owner can change that on the page of the members.
    </EmptyState>
  );
}
