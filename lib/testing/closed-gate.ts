import { onTestFinished } from 'vitest';
import { type Gate, startGate } from './gate';

/** Starts a closed gate on 127.0.0.1, and removes it at the end of the test. */
export async function closedGate(): Promise<Gate> {
  const gate = await startGate();
  onTestFinished(gate.close);
  return gate;
}
