import { z } from 'zod';

const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() })).min(1), z.null()]).optional();

const message = z
  .looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
    content,
    tool_calls: z.array(z.unknown()).optional(),
    function_call: z.unknown().optional(),
    weight: z.union([z.literal(0), z.literal(1)]).optional(),
  })
  .refine((m) => Boolean(m.content?.length) || m.tool_calls !== undefined || m.function_call !== undefined, {
    message: 'needs content or tool calls',
    path: ['content'],
  });

const answers = z.array(message).refine((list) => list.some(({ role }) => role === 'assistant'), {
  message: 'needs a message of the assistant',
});

const chat = z.looseObject({
  messages: answers.refine((list) => list.at(-1)?.role === 'assistant', 'must end with a message of the assistant'),
});
const pair = z.looseObject({ prompt: z.string().min(1), completion: z.string().min(1) });
const neither = z
  .looseObject({})
  .refine(() => false, 'needs messages (a chat that ends with the assistant), or a prompt and a completion');
const preference = z.looseObject({
  input: z.looseObject({ messages: z.array(message).min(1) }),
  preferred_output: answers,
  non_preferred_output: answers,
});

export type Method = 'supervised' | 'dpo';

/** The schema of a line, by method and format, as defined by the fine-tuning protocol. */
export function schemaOf(method: Method, value: unknown): z.ZodType {
  if (method === 'dpo') return preference;
  const has = (key: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  if (has('messages')) return chat;
  return has('prompt') || has('completion') ? pair : neither;
}
