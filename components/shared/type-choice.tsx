'use client';

interface TypeChoiceProps {
  legend: string;
  types: readonly { type: string; title: string }[];
  /** null = all of them, and those of later versions */
  chosen: readonly string[] | null;
  onChoose: (types: string[] | null) => void;
}

/** Chooses job types: all, or some of them. */
export function TypeChoice({ legend, types, chosen, onChoose }: TypeChoiceProps) {
  const all = types.map(({ type }) => type);
  const toggle = (type: string, on: boolean) => {
    const next = all.filter((one) => (one === type ? on : (chosen?.includes(one) ?? true)));
    onChoose(next);
  };
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-xs">{legend}</legend>
      <div className="grid gap-x-4 gap-y-1 rounded-md border p-2 sm:grid-cols-2">
        <label className="flex cursor-pointer items-start gap-2 text-sm pointer-coarse:py-1.5 [&>input]:mt-[3.5px] pointer-coarse:[&>input]:mt-px sm:col-span-2">
          <input
            type="checkbox"
            className="accent-accent"
            checked={chosen === null}
            onChange={(event) => onChoose(event.target.checked ? null : all)}
          />
          All, also those that are added later
        </label>
        {types.map(({ type, title }) => (
          <label
            key={type}
            className="flex cursor-pointer items-start gap-2 text-sm pointer-coarse:py-1.5 [&>input]:mt-[3.5px] pointer-coarse:[&>input]:mt-px"
          >
            <input
              type="checkbox"
              className="accent-accent"
              checked={chosen?.includes(type) ?? true}
              onChange={(event) => toggle(type, event.target.checked)}
            />
            {title}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
