import type { ReactNode } from 'react';
import { NewRecord } from './new-record';
import { EmptyState } from './states';

interface NoRecordsProps {
  /** in the plural and small: `batches` */
  what: string;
  icon: ReactNode;
  /** what one begins with to get some */
  begin: 'batch' | 'flow';
  /** what they are */
  children: ReactNode;
}

/** A list without any record, whatever the filters: what would be there, and how to begin. */
export function NoRecords({ what, icon, begin, children }: NoRecordsProps) {
  return (
    <EmptyState icon={icon} title={`No ${what} yet`} actions={<NewRecord what={begin} />}>
      {children}
    </EmptyState>
  );
}
