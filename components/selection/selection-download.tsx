'use client';

import { ChevronDown, Download } from 'lucide-react';
import { saveFile } from '@/components/shared/save-file';
import { Button } from '@/components/ui/button';
import { DownloadItem } from '@/components/ui/download-item';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatCount } from '@/components/ui/format';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useChosenResults } from '@/lib/client/mutations/bulk-actions';
import { useSeesPayloads } from '@/lib/client/queries/system';
import { MAX_CHOSEN_RESULTS } from '@/lib/contracts/bounds';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { queryOfMatching } from './selection';
import type { ListSelection } from './use-selection';

const FORMATS = [
  ['csv', 'CSV', 'A column for each field'],
  ['xlsx', 'XLSX', 'A column for each field'],
  ['jsonl', 'JSONL', 'All data, one line for each job'],
] as const;

/** Downloads the outcomes of the selected jobs. The server finds and streams those that match. */
export function SelectionDownload({ list }: { list: ListSelection<JobSummaryDto> }) {
  const notify = useToast();
  const { mutate, isPending } = useChosenResults();
  if (!useSeesPayloads()) return null;
  const { selection, count } = list;
  const most = formatCount(MAX_CHOSEN_RESULTS, 'job');
  const tooMany = (count ?? 0) > MAX_CHOSEN_RESULTS ? `A download has ${most} at most` : null;
  // Ids that were picked do not fit into the address of a link.
  const pick = (format: (typeof FORMATS)[number][0], jobIds: string[]) =>
    mutate(
      { format, jobIds },
      {
        onSuccess: (file) => saveFile(`jobs-results.${format}`, file, file.type),
        onError: (error) =>
          notify({ title: 'The results were not downloaded', detail: describeError(error), tone: 'error' }),
      },
    );
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button size="sm" busy={isPending}>
          <Download /> <span className="max-sm:sr-only">Download</span> <ChevronDown />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuLabel>
          {count === null
            ? `Inputs and results of ${most} at most`
            : `Inputs and results of ${formatCount(count, 'job')}`}
        </DropdownMenuLabel>
        {FORMATS.map(([format, word, hint]) =>
          selection.kind === 'some' ? (
            <DropdownMenuItem key={format} onSelect={() => pick(format, [...selection.rows.keys()])}>
              {word}
              <span className="ml-auto whitespace-nowrap pl-4 text-muted text-xs">{hint}</span>
            </DropdownMenuItem>
          ) : (
            <DownloadItem
              key={format}
              href={links.chosenResults(queryOfMatching(selection), format)}
              hint={hint}
              reason={tooMany}
            >
              {word}
            </DownloadItem>
          ),
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
