'use client';

import { useEffect, useMemo, useState } from 'react';
import { useJobTypes } from '@/lib/client/queries/jobs';
import { useQueryValues } from '@/lib/client/queries/query-values';
import { VALUE_FIELDS } from '@/lib/contracts/choices';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import type { ListValuesQuery } from '@/lib/contracts/query-values';
import { FIELDS } from '@/lib/query/fields';
import type { QueryKind } from '@/lib/query/query';
import { type Known, type ValueAtCaret, valueAt } from '@/lib/query/suggest';

/** How long a pause in typing is, in milliseconds, after which values are asked for. */
const PAUSE_MS = 150;

/** The fields of an input, from its JSON Schema. */
const fieldsOf = ({ inputSchema }: JobTypeDto): string[] =>
  Object.keys((inputSchema as { properties?: object }).properties ?? {});

/** Returns the question for the values of a field; null if the server knows none. */
function questionOf(kind: QueryKind, value: ValueAtCaret | null): ListValuesQuery | null {
  const field = VALUE_FIELDS.find((each) => each === value?.field && FIELDS[each].of.includes(kind));
  return field && value ? { of: kind, field, value: value.typed.slice(0, 200) } : null;
}

/** What suggestions at the caret need to know besides the text. @param open whether they are shown */
export function useKnown(kind: QueryKind, text: string, caret: number, open: boolean): Known {
  const { data: types = [] } = useJobTypes();
  const wanted = JSON.stringify(open ? questionOf(kind, valueAt(text, caret)) : null);
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const { data: used } = useQueryValues(JSON.parse(asked) as ListValuesQuery | null);
  return useMemo(
    () => ({
      types,
      dataFields: [...new Set(types.flatMap(fieldsOf))],
      used: used?.field === undefined ? undefined : { field: used.field, values: used.values },
    }),
    [types, used],
  );
}
