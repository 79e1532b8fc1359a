import type { Processor } from '@/workers/runtime/processor';

/** Reads its children from the flow that it is a node of; outside of one it has none. */
export const processCollect: Processor<'collect'> = async ({ data, ...children }) => {
  const path = data.field?.split('.') ?? [];
  const results = await children.childrenValues();
  const values = Object.values(results).map((result) => path.reduce<unknown>(pick, result));
  const numbers = values.filter((v): v is number => typeof v === 'number');
  return {
    values,
    count: values.length,
    sum: numbers.length > 0 ? numbers.reduce((sum, n) => sum + n, 0) : null,
    failures: await children.ignoredChildrenFailures(),
    pending: await children.dependencies(),
  };
};

const pick = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : null;
