'use client';

import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { fieldsOf } from '@/components/ui/schema-fields';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { Draft } from './draft';
import { formFieldsOf, type Items, itemsOfForm, itemsOfImport, itemsOfPaste, sourcesOf } from './items';
import { FILE_FIELD, itemsOfFiles } from './items-of-files';
import { notifyOf } from './notify-fields';
import { columnsOf, searchableOf } from './searchable';
import { sentence, summary } from './sentence';
import type { Upload } from './uploads';
import { useBring } from './use-bring';
import { useCapacityGate } from './use-capacity-gate';
import { type DraftState, useDraft } from './use-draft';
import { useImportLaunch } from './use-import-launch';
import { useImportOfLaunch } from './use-import-of-launch';
import { useLaunching } from './use-launching';
import { useMappingDraft } from './use-mapping-draft';
import { useOptionsCheck } from './use-options-check';
import { useSample } from './use-sample';
import { useUploads } from './use-uploads';

/** Suggests a name with the type's title and the time; for a single file, the file's name. */
function suggestName(title: string, list: readonly Upload[], moment: Date): string {
  const when = moment.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const [first] = list;
  if (first && list.length === 1) return first.name.slice(-200);
  const folder = first?.name.includes('/') ? first.name.split('/')[0] : undefined;
  return folder && list.every((u) => u.name.startsWith(`${folder}/`)) ? folder : `${title} ${when.replace(',', '')}`;
}

const runningOf = (batchId: string | null, key: string | undefined) => (batchId && key ? { batchId, key } : null);

type Ready = DraftState & { draft: Draft };

/**
 * The shared state of the four steps.
 * @param sampled the address asks for the sample of the type
 */
export function useLaunchForm(wantedType: string | null, importId: string | null, sampled: boolean) {
  const state = useDraft(wantedType);
  const { draft, change, clear } = state;
  const { uploads, list } = useUploads(state);
  const [moment] = useState(() => new Date());
  const { data: types } = useLaunchableTypes();
  const jobType = types?.find((type) => type.type === draft?.type);

  const fields = useMemo(() => (jobType ? fieldsOf(jobType.inputSchema) : []), [jobType]);
  const fileField = jobType?.acceptsFiles ? fields.find((field) => field.name === FILE_FIELD) : undefined;
  const formFields = useMemo(() => formFieldsOf(fields, fileField), [fields, fileField]);
  const sources = jobType ? sourcesOf(fileField, formFields) : [];
  const table = useImportOfLaunch(importId, state);
  const found = table.found;
  const mapping = useMappingDraft(found);
  const chosen = sources.find((each) => each === draft?.source) ?? sources[0] ?? 'paste';
  const source = importId ? 'paste' : chosen;
  const sample = useSample(jobType, state, uploads, sampled && importId === null);
  const bring = useBring(draft?.type ?? '', table.open);

  // Parsing a long text may take a moment, so it is deferred and typing stays responsive.
  const settled = useDeferredValue(draft);
  const read = useCallback(
    (from: Draft): Items => {
      if (source === 'files') return itemsOfFiles(list, from, fields);
      if (source === 'form') return itemsOfForm(from, formFields);
      return found ? itemsOfImport(found, from.skipBad) : itemsOfPaste(from, fields);
    },
    [source, list, formFields, fields, found],
  );
  const items = useMemo(() => (settled && jobType ? read(settled) : null), [settled, jobType, read]);

  const forget = useCallback(() => {
    clear();
    uploads.clear();
  }, [clear, uploads]);
  const direct = useLaunching(forget);
  const key = draft?.idempotencyKey;
  const ofTable = useImportLaunch(found, key ?? '', forget);
  const launching = importId ? { ...ofTable, running: runningOf(ofTable.running, key) } : direct;
  const refusal = launching.refusal?.key === key ? launching.refusal : null;
  const running = launching.running && launching.running.key === key ? launching.running.batchId : null;
  const gate = useCapacityGate(launching.refusal);
  const { options, issues: optionIssues, pending } = useOptionsCheck(draft?.options, jobType?.defaults);
  const name = draft?.name ?? found?.name ?? suggestName(jobType?.title ?? '', source === 'files' ? list : [], moment);
  const searchable = searchableOf(draft?.searchable ?? '');
  const optionsBlocked =
    Object.keys(optionIssues).length > 0 || searchable.problem
      ? 'Correct the marked options first'
      : pending
        ? 'The options are being checked'
        : null;
  const open = importId && !found ? 'The table is being loaded' : mapping.pending ? 'Saving the mapping' : null;
  const blocked = jobType ? (open ?? items?.blocked ?? optionsBlocked) : 'Choose a job type first';

  const send = (start: LaunchFields['start']) => {
    if (!draft || !jobType || !items || blocked) return;
    // Sends the present draft, even if the preview has not been updated yet.
    const current = settled === draft ? items : read(draft);
    if (current.blocked) return;
    const uniqueKey = draft.uniqueKey.trim();
    const fields = {
      name: name.trim(),
      type: jobType.type,
      start,
      ...(Object.keys(options).length > 0 ? { options } : {}),
      ...(uniqueKey ? { uniqueKey } : {}),
      ...(searchable.fields.length > 0 ? { searchable: searchable.fields } : {}),
      ...(draft.keepOpen ? { sealed: false } : {}),
      ...(notifyOf(draft).length > 0 ? { notify: notifyOf(draft) } : {}),
    };
    if (importId) {
      const { type: _, ...rest } = fields;
      ofTable.send(rest, draft.skipBad);
      return;
    }
    // Queuing and starting are different requests, so each has its own key.
    const idempotencyKey = `${draft.idempotencyKey}-${start}`;
    direct.send({ fields, items: current.body(), idempotencyKey }, draft.idempotencyKey);
  };

  const words =
    draft && jobType && items && items.count > 0 && !optionsBlocked
      ? sentence({
          name: name.trim(),
          count: items.count,
          approximate: items.approximate,
          title: jobType.title,
          start: draft.start,
          keepOpen: draft.keepOpen,
          options,
          defaults: jobType.defaults,
          calls: found?.calls,
        })
      : null;

  return {
    state: draft ? ({ ...state, draft } satisfies Ready) : null,
    change,
    chooseType: (type: string) => {
      state.choose(type);
      table.setType(type);
    },
    jobType,
    fields,
    formFields,
    sources,
    source,
    items,
    issues: [...(items?.issues ?? []), ...(refusal?.kind === 'items' ? refusal.issues : [])],
    optionIssues,
    /** fields of the items that can be made searchable */
    columns: useMemo(() => columnsOf(fields, items?.parsed ?? null, found?.columns ?? []), [fields, items, found]),
    summary: jobType ? summary(options, jobType.defaults) : '',
    sentence: words,
    name,
    blocked,
    refusal,
    running,
    gate,
    busy: launching.busy,
    leaving: launching.leaving,
    send,
    uploads,
    list,
    bring,
    sample: list.length === 0 && importId === null ? sample : null,
    importId,
    table,
    found,
    mapping,
    /** number of rows that the worker has written for the launch */
    written: found?.status === 'launching' ? found.bytesRead : null,
    startOver: () => {
      table.close();
      forget();
    },
  };
}
