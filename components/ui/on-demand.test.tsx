import { act, fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { useTypedAhead } from '@/components/shell/palette/use-typed-ahead';
import { loadDemanded, onDemand } from './on-demand';

function Greeting({ name }: { name: string | null }) {
  return <p>Hello {name}</p>;
}
const isAsked = ({ name }: { name: string | null }) => name !== null;

test('it is loaded when it is asked for, once, and stays', async () => {
  const load = vi.fn(async () => Greeting);
  const Shown = onDemand(load, isAsked);
  const { rerender } = render(<Shown name={null} />);
  expect(load).not.toHaveBeenCalled();
  rerender(<Shown name="Ada" />);
  const greeting = await screen.findByText('Hello Ada');
  rerender(<Shown name={null} />);
  expect(screen.getByText('Hello')).toBe(greeting);
  expect(load).toHaveBeenCalledTimes(1);
});

test('what was loaded while the page was idle shows at once, also what that brings', async () => {
  const Inner = { current: null as ReturnType<typeof onDemand<{ name: string | null }>> | null };
  const Shown = onDemand(async () => {
    Inner.current = onDemand(async () => Greeting, isAsked);
    return ({ name }: { name: string | null }) => (Inner.current ? <Inner.current name={name} /> : null);
  }, isAsked);
  await loadDemanded();
  render(<Shown name="Grace" />);
  screen.getByText('Hello Grace');
});

test('what cannot be loaded while the page is idle fails only when it is asked for', async () => {
  const Shown = onDemand(async (): Promise<typeof Greeting> => {
    throw new Error('the server is away');
  }, isAsked);
  await loadDemanded();
  render(<Shown name={null} />);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(act(async () => void render(<Shown name="Ada" />))).rejects.toThrow('the server is away');
  vi.restoreAllMocks();
});

function Palette({ open, loaded }: { open: boolean; loaded: boolean }) {
  const take = useTypedAhead(open);
  return loaded ? <output ref={(field) => void field?.append(take())} /> : null;
}

test('what is typed before the field of the palette is there goes into it, and what comes after is left alone', () => {
  const { rerender } = render(<Palette open={false} loaded={false} />);
  expect(fireEvent.keyDown(document.body, { key: 'x' })).toBe(true);
  rerender(<Palette open loaded={false} />);
  for (const key of ['n', 'Shift', 'B']) fireEvent.keyDown(document.body, { key });
  expect(fireEvent.keyDown(document.body, { key: 'c', ctrlKey: true })).toBe(true);
  rerender(<Palette open loaded />);
  expect(screen.getByRole('status').textContent).toBe('nB');
  expect(fireEvent.keyDown(document.body, { key: 'z' })).toBe(true);
});
