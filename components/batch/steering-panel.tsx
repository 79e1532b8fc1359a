'use client';

import { type OptionField, optionInWords, unsetText, withMember } from '@/components/shared/batch-options';
import { permissionGate } from '@/components/shared/gating';
import { Panel } from '@/components/ui/panel';
import { useStale } from '@/lib/client/live/use-connection';
import { useUpdateBatch } from '@/lib/client/mutations/steering';
import { useJobTypes } from '@/lib/client/queries/jobs';
import { useSeesPayloads, useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { isFinished } from '@/lib/contracts/status';
import type { SteeringOptions } from '@/lib/contracts/steering';
import { readTags, tagsIn } from '@/lib/contracts/tags';
import { EditableFact } from './editable-fact';

const optionOf = (field: OptionField): string => field.name.split('.')[0] ?? '';

/** Returns the value that the batch itself has for an option, or for a member of one such as `budget.failed`. */
const ownValue = (options: BatchOptions, { name }: OptionField): unknown =>
  name.split('.').reduce<unknown>((from, key) => (isFields(from) ? from[key] : undefined), options);

/**
 * The options of a batch, its name, tags and metadata. Each can be changed in place, the options until it has ended.
 * @param fields the options that are shown
 */
export function SteeringPanel({ batch, fields }: { batch: BatchDto; fields: readonly OptionField[] }) {
  const { data: viewer } = useViewer();
  const { data: types } = useJobTypes();
  const seesPayloads = useSeesPayloads();
  const offline = useStale();
  const update = useUpdateBatch(batch.id);
  const { shown: editable, reason: blocked } = permissionGate(
    { viewer, pending: false, offline },
    'batch.change',
    null,
  );
  const finished = isFinished(batch.status);
  const defaults = types?.find(({ type }) => type === batch.type)?.defaults;
  if (!defaults) return null;
  const common = { blocked, editable };
  const metadata = isFields(batch.metadata) ? batch.metadata : {};
  return (
    <Panel title="Options">
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        {fields
          .filter((field) => !finished || ownValue(batch.options, field) !== undefined)
          .map((field) => {
            const value = ownValue(batch.options, field);
            return (
              <EditableFact
                {...common}
                key={field.name}
                editable={editable && !finished}
                label={field.label ?? field.name}
                hint={field.description ?? undefined}
                unset={value === undefined}
                shown={shownOf(field, value, defaults)}
                text={typeof value === 'number' ? String(value / field.scale) : ''}
                save={async (text) =>
                  update.mutateAsync({ options: await changeOf(field, text, batch.options, defaults) })
                }
              />
            );
          })}
        <EditableFact
          {...common}
          label="Name"
          shown={batch.name}
          text={batch.name}
          save={(name) => update.mutateAsync({ name })}
        />
        {seesPayloads && batch.metadataPreview === undefined ? (
          <>
            <EditableFact
              {...common}
              label="Tags"
              hint="separated by commas; found by tag:"
              shown={tagsIn(metadata).join(', ') || 'none'}
              unset={tagsIn(metadata).length === 0}
              text={tagsIn(metadata).join(', ')}
              save={(text) => update.mutateAsync({ metadata: withTags(metadata, text) })}
            />
            <EditableFact
              {...common}
              long
              label="Metadata"
              hint="a JSON object of at most 16 KiB; empty for none"
              shown={batch.metadata == null ? 'none' : stringifyJson(batch.metadata)}
              unset={batch.metadata == null}
              text={batch.metadata == null ? '' : JSON.stringify(batch.metadata, null, 2)}
              save={async (text) => update.mutateAsync({ metadata: metadataOf(text) })}
            />
          </>
        ) : null}
      </div>
    </Panel>
  );
}

function shownOf(field: OptionField, value: unknown, defaults: JobTypeDefaults): string {
  return typeof value === 'number' ? optionInWords(field, value) : unsetText(field, defaults);
}

/** Returns the change of one typed option; empty removes it. @throws Error that says what is wrong */
async function changeOf(
  field: OptionField,
  text: string,
  options: BatchOptions,
  defaults: JobTypeDefaults,
): Promise<SteeringOptions> {
  // The schemas are loaded when somebody changes an option: most visits change none.
  const { readOptions } = await import('@/components/shared/option-fields');
  const option = optionOf(field);
  const { options: read, issues } = readOptions({ [field.name]: text }, defaults);
  const [issue] = Object.values(issues);
  if (issue !== undefined) throw new Error(`${field.label ?? field.name} ${issue}.`);
  const value = ownValue(read, field);
  const member = field.name.split('.').slice(1);
  if (member.length === 0) return { [option]: value ?? null };
  return { [option]: withMember(options[option as keyof BatchOptions], member, value) ?? null };
}

function withTags(metadata: Record<string, unknown>, text: string): Record<string, unknown> | null {
  const tags = readTags(text);
  const { tags: _, ...others } = metadata;
  const next = tags.length > 0 ? { ...others, tags } : others;
  return Object.keys(next).length > 0 ? next : null;
}

/** @throws Error if it is not the text of a JSON object */
function metadataOf(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return null;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new Error('This is not JSON.');
  }
  if (!isFields(value)) throw new Error('Metadata is an object, such as { "tags": ["nightly"] }.');
  return value;
}
