import type { ReactNode } from 'react';
import { EmptyState } from '@/components/ui/states';
import { NewRecord } from './new-record';

interface NoRecordsProps {
  /** the plural in lower case: `batches` */
  what: string;
  icon: ReactNode;
  /** what the user creates to get records of this kind */
  begin: 'batch' | 'flow' | 'schedule';
  /** describes the records */
  children: ReactNode;
}

/** The empty state of a list without any records: what it will show, and how to create the first record. */
export function NoRecords({ what, icon, begin, children }: NoRecordsProps) {
  return (
    <EmptyState icon={icon} title={`No ${what} yet`} actions={<NewRecord what={begin} />}>
      {children}
    </EmptyState>
  );
}
