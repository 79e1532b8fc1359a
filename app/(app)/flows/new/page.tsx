import type { Metadata } from 'next';
import { ComposeScreen } from './compose-screen';

export const metadata: Metadata = { title: 'New flow' };

export default function NewFlowRoute() {
  return <ComposeScreen />;
}
