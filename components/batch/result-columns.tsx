'use client';

import { Columns3 } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { fieldsOfResults, MAX_FIELDS } from './result-fields';
import type { ItemFilters } from './use-item-filters';

/** Enough to know what results have. */
const READ = 200;

interface ResultColumnsProps {
  items: Pick<ItemFilters, 'fields' | 'setFields'>;
  rows: readonly JobSummaryDto[];
}

/** Which fields of the results the items show as columns, from the items at hand. A narrow screen has no room for them. */
export function ResultColumns({ items, rows }: ResultColumnsProps) {
  const { fields, setFields } = items;
  const found = useMemo(() => fieldsOfResults(rows.slice(0, READ).map((job) => job.resultPreview ?? 'null')), [rows]);
  const offered = [...new Set([...found, ...fields])];
  if (offered.length === 0) return null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button size="sm" className="max-lg:hidden">
          <Columns3 /> Result columns
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="max-h-96 max-w-96 overflow-y-auto">
        <DropdownMenuLabel>Fields of the results, {MAX_FIELDS} at most</DropdownMenuLabel>
        {offered.map((field) => (
          <DropdownMenuCheckboxItem
            key={field}
            checked={fields.includes(field)}
            disabled={!fields.includes(field) && fields.length >= MAX_FIELDS}
            onCheckedChange={(on) => setFields(on ? [...fields, field] : fields.filter((each) => each !== field))}
            // Several are chosen one after the other.
            onSelect={(event) => event.preventDefault()}
          >
            {field}
          </DropdownMenuCheckboxItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuItem disabled={fields.length === 0} onSelect={() => setFields([])}>
          The result in one column
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
