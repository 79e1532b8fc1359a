import { describeError, isApiError } from '@/lib/client/api';
import { Button } from './button';
import { Link } from './link';
import { EmptyState, ErrorState } from './states';

const LISTS = { batch: 'batches', job: 'jobs', flow: 'flows', schedule: 'schedules', 'bulk action': 'bulk actions' };

interface RecordProblemProps {
  what: keyof typeof LISTS;
  error: Error;
  onRetry: () => void;
  retrying: boolean;
  /** false in a dialog, which has its own title */
  isPage?: boolean;
}

/** The error page of a record: it does not exist, or loading failed. */
export function RecordProblem({ what, error, onRetry, retrying, isPage = true }: RecordProblemProps) {
  if (isApiError(error, 'not-found')) {
    return (
      <EmptyState
        isPage={isPage}
        title={`There is no such ${what}`}
        actions={
          <Button asChild>
            <Link href={`/${LISTS[what].replace(' ', '-')}`}>All {LISTS[what]}</Link>
          </Button>
        }
      >
        It may have been removed after its retention time, or the link is not complete.
      </EmptyState>
    );
  }
  return (
    <ErrorState
      isPage={isPage}
      title={`The ${what} could not be read`}
      detail={describeError(error)}
      onRetry={onRetry}
      retrying={retrying}
    />
  );
}
