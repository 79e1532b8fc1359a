import { isFields } from '@/lib/contracts/json';

const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/**
 * Returns how many tokens an answer says that it used, or undefined if it says nothing: `usage.total_tokens` of
 * OpenAI-compatible endpoints, else the sum of what went in and came out.
 */
export function tokensOf(answer: unknown): number | undefined {
  if (!isFields(answer) || !isFields(answer.usage)) return undefined;
  const { usage } = answer;
  const total = amount(usage.total_tokens);
  if (total !== undefined) return total;
  const parts = [usage.input_tokens ?? usage.prompt_tokens, usage.output_tokens ?? usage.completion_tokens].map(amount);
  return parts.every((part) => part === undefined) ? undefined : parts.reduce<number>((sum, part = 0) => sum + part, 0);
}
