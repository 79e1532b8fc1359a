import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { FirstAnswers } from '@/lib/client/first-answers';
import { type FirstAnswer, type FirstRead, readFirst } from '@/lib/domain/first-data/read-first';
import { sessionOfRequest } from './session';

/**
 * Renders a page with the data of its queries. Only the first page that a browser loads gets it: for later ones the
 * browser has a cache, which the event stream keeps current.
 */
export async function FirstData({ reads, children }: { reads: readonly FirstRead[]; children: ReactNode }) {
  return <FirstAnswers answers={await firstAnswers(reads)}>{children}</FirstAnswers>;
}

async function firstAnswers(reads: readonly FirstRead[]): Promise<FirstAnswer[]> {
  // The router of the browser accepts anything.
  if (!(await headers()).get('accept')?.includes('text/html')) return [];
  const session = await sessionOfRequest();
  return session && !session.lacksSecondFactor ? readFirst(session.context, reads) : [];
}
