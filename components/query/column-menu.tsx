'use client';

import { Columns3 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { columnsOf, type RecordColumn } from '@/components/ui/record-columns';
import type { ListQuery } from './use-list-query';

export interface ColumnMenuProps {
  list: ListQuery;
  columns: readonly Pick<RecordColumn<never>, 'id' | 'title' | 'isFixed' | 'isExtra'>[];
}

/** Which columns a list shows. A phone has no room for a choice. */
export function ColumnMenu({ list, columns }: ColumnMenuProps) {
  const all = columns as readonly RecordColumn<never>[];
  const shown = columnsOf(all, list.columns).map(({ id }) => id);
  const toggle = (id: string, on: boolean): void => {
    // Another one joins at its place in the menu; the order that a view has stays.
    const order = all.map((each) => each.id);
    const before = order.slice(0, order.indexOf(id)).findLast((each) => shown.includes(each));
    const at = before === undefined ? 0 : shown.indexOf(before) + 1;
    list.changeColumns(on ? shown.toSpliced(at, 0, id) : shown.filter((each) => each !== id));
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button aria-label="Columns" className="max-lg:size-8 max-lg:p-0 max-sm:hidden">
          <Columns3 />
          <span className="max-lg:sr-only">Columns</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        {all.map(({ id, title, isFixed }) =>
          isFixed ? null : (
            <DropdownMenuCheckboxItem
              key={id}
              checked={shown.includes(id)}
              onCheckedChange={(on) => toggle(id, on)}
              // Several are chosen one after the other.
              onSelect={(event) => event.preventDefault()}
            >
              {title}
            </DropdownMenuCheckboxItem>
          ),
        )}
        <DropdownMenuSeparator />
        <DropdownMenuItem disabled={list.columns === null} onSelect={() => list.changeColumns(null)}>
          Columns of the list itself
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
