'use client';

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { parseJson } from '@/lib/contracts/json';

/** What a query of the page returns, read by the server that renders the page. */
export interface FirstAnswer {
  key: QueryKey;
  /** the data as the API would send it, so that both are read in the same way */
  json: string;
  /** the first page of a list that is read page by page */
  paged: boolean;
}

/**
 * Gives the queries below it their first data: they are rendered with it and ask for nothing. What the browser has read
 * itself stays. The data counts as read when the page arrives, because the clock of the server may differ.
 */
export function FirstAnswers({ answers, children }: { answers: readonly FirstAnswer[]; children: ReactNode }) {
  const client = useQueryClient();
  useState(() => {
    for (const { key, json, paged } of answers) {
      if (client.getQueryData(key) !== undefined) continue;
      const data = parseJson(json);
      client.setQueryData(key, paged ? { pages: [data], pageParams: [null] } : data);
    }
  });
  return children;
}
