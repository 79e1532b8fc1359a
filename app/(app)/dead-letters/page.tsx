import type { Metadata } from 'next';
import { DeadLetters } from '@/components/dead-letter/dead-letters';

export const metadata: Metadata = { title: 'Dead letters' };

export default function DeadLettersPage() {
  return <DeadLetters />;
}
