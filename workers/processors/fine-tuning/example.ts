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
  message: 'needs an answer of the assistant',
});

/** What a line must be, by method: as the fine-tuning protocol has them. */
export const exampleSchemas = {
  supervised: z.union([
    z.looseObject({
      messages: answers.refine((list) => list.at(-1)?.role === 'assistant', 'must end with the assistant'),
    }),
    z.looseObject({ prompt: z.string().min(1), completion: z.string().min(1) }),
  ]),
  dpo: z.looseObject({
    input: z.looseObject({ messages: z.array(message).min(1) }),
    preferred_output: answers,
    non_preferred_output: answers,
  }),
};
