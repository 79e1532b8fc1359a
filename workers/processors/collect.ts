import { type ExactNumber, isExact } from '@/lib/contracts/json';
import type { Processor } from '@/workers/runtime/processor';

/** Collects the results of a flow node's children. A job outside of a flow has no children. */
export const processCollect: Processor<'collect'> = async ({ data, ...children }) => {
  const path = data.field?.split('.') ?? [];
  const results = await children.childrenValues();
  const values = Object.values(results).map((result) => path.reduce<unknown>(pick, result));
  return {
    values,
    count: values.length,
    sum: sumOf(values.filter((value) => typeof value === 'number' || isExact(value))),
    failures: await children.ignoredChildrenFailures(),
    pending: await children.dependencies(),
  };
};

/** Adds whole numbers exactly, and other numbers as doubles. */
function sumOf(numbers: (number | bigint | ExactNumber)[]): number | bigint | null {
  if (numbers.length === 0) return null;
  const wholes = numbers.filter((n): n is number | bigint => typeof n === 'bigint' || Number.isInteger(n));
  if (wholes.length < numbers.length) return numbers.reduce<number>((sum, n) => sum + Number(n), 0);
  const sum = wholes.reduce<bigint>((total, n) => total + BigInt(n), 0n);
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
}

const pick = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : null;
