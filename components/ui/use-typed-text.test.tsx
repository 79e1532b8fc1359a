import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Suspense, startTransition, use, useState } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QueryBar } from '@/components/query/query-bar';
import { SearchInput } from './search-input';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

interface FieldProps {
  value: string;
  apply: (text: string) => void;
}
const FIELDS = [
  {
    name: 'a text filter',
    Field: ({ value, apply }: FieldProps) => <SearchInput label="Search" value={value} onSearch={apply} />,
  },
  {
    name: 'the query of a list',
    Field: ({ value, apply }: FieldProps) => <QueryBar kind="jobs" text={value} change={apply} />,
  },
];

const input = () => screen.getByLabelText<HTMLInputElement>(/^Search/);
const type = (text: string) => fireEvent.change(input(), { target: { value: text } });
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

interface Address {
  value: string;
  /** what the page waits for before it shows this value */
  until?: Promise<unknown>;
}

function Waits({ until }: Pick<Address, 'until'>) {
  if (until) use(until);
  return null;
}

describe.each(FIELDS)('$name', ({ Field }) => {
  /** A page whose address changes as in the product: in a transition, which may take a while. */
  function open(value: string) {
    const applied: string[] = [];
    let change: (address: Address) => void = () => undefined;
    function Page() {
      const [address, setAddress] = useState<Address>({ value });
      change = (next) => startTransition(() => setAddress(next));
      return (
        <Suspense>
          <Field value={address.value} apply={(text) => applied.push(text)} />
          <Waits {...(address.until && { until: address.until })} />
        </Suspense>
      );
    }
    // Nobody answers: what a query suggests is not asked here.
    const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
    render(
      <QueryClientProvider client={client}>
        <Page />
      </QueryClientProvider>,
    );
    return { applied, change: (next: Address) => act(async () => change(next)) };
  }

  test('what is typed is applied once, when typing pauses', async () => {
    const { applied } = open('');
    type('a');
    await wait(100);
    type('ab ');
    await wait(200);
    expect(applied).toEqual([]);
    await wait(100);
    expect(applied).toEqual(['ab']);
    await wait(1000);
    expect(applied).toEqual(['ab']);
  });

  test('a value that comes from elsewhere replaces what is typed, and is never applied again', async () => {
    const { applied, change } = open('old');
    type('typed');
    await change({ value: 'from a link' });
    expect(input().value).toBe('from a link');
    await wait(1000);
    expect(applied).toEqual([]);
  });

  test('a value that the page still waits for is not undone by the one before', async () => {
    const { applied, change } = open('first');
    await change({ value: 'second' });
    await change({ value: 'third', until: new Promise(() => undefined) });
    await wait(1000);
    expect(applied).toEqual([]);
  });

  test('what is typed while an applied text comes back stays, and is applied too', async () => {
    const { applied, change } = open('');
    type('ab');
    await wait(300);
    let arrive: (value: unknown) => void = () => undefined;
    await change({
      value: 'ab',
      until: new Promise((resolve) => {
        arrive = resolve;
      }),
    });
    type('abc');
    await act(async () => arrive(true));
    expect(input().value).toBe('abc');
    await wait(300);
    expect(applied).toEqual(['ab', 'abc']);
  });

  test('leaving the field applies what was typed at once', async () => {
    const { applied } = open('');
    type('soon');
    fireEvent.blur(input());
    expect(applied).toEqual(['soon']);
    await wait(1000);
    expect(applied).toEqual(['soon']);
  });

  test('a text that was applied, and lost to another value, can be applied again', async () => {
    const { applied, change } = open('');
    type('ab');
    await wait(300);
    await change({ value: 'from a link' });
    type('ab');
    await wait(300);
    expect(applied).toEqual(['ab', 'ab']);
  });

  test('a text that was taken back before it arrived leaves nothing behind', async () => {
    const { applied, change } = open('');
    // The page shows only the last of the first two, which is what it shows already.
    for (const text of ['ab', '', 'ab']) {
      type(text);
      await wait(300);
    }
    await change({ value: 'ab' });
    await change({ value: '' });
    expect(input().value).toBe('');
    type('ab');
    await wait(300);
    expect(applied).toEqual(['ab', '', 'ab', 'ab']);
  });
});
