'use client';

import { type FormEvent, useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { useToast } from '@/components/ui/toast';
import { useWrongFieldFocus } from '@/components/ui/use-wrong-field-focus';
import { ApiError, describeError, issueSentence } from '@/lib/client/api';
import { useSetRedaction } from '@/lib/client/mutations/system';
import { useRedaction, useViewer } from '@/lib/client/queries/system';
import type { RedactionDto } from '@/lib/contracts/redaction';
import {
  parseRedactionPath,
  REDACTED,
  REDACTION_PATTERNS,
  type RedactionPattern,
} from '@/lib/contracts/redaction-paths';

const PATTERN_WORDS: Readonly<Record<RedactionPattern, { title: string; example: string }>> = {
  email: { title: 'E-mail addresses', example: 'ana@example.org' },
  card: { title: 'Card numbers', example: '13 to 19 digits with a valid check digit' },
  iban: { title: 'Bank account numbers', example: 'IBAN with valid check digits' },
  phone: { title: 'Telephone numbers', example: '+49 30 123456' },
};

/** What is hidden in inputs, results and messages from all but administrators. */
export function Redaction() {
  const query = useRedaction();
  if (query.isPending) {
    return (
      <Panel title="Redaction">
        <Skeleton className="h-72" />
      </Panel>
    );
  }
  if (query.isError && !query.data) {
    return (
      <Panel title="Redaction">
        <ErrorState
          title="The rules could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      </Panel>
    );
  }
  return <Rules key={JSON.stringify(query.data)} rules={query.data} />;
}

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || []);

function Rules({ rules }: { rules: RedactionDto }) {
  const { data: viewer } = useViewer();
  const refused = roleReason(viewer, 'redaction.update');
  const save = useSetRedaction();
  const notify = useToast();
  const focus = useWrongFieldFocus(save.isPending);
  const [paths, setPaths] = useState(rules.paths.join('\n'));
  const [patterns, setPatterns] = useState<readonly RedactionPattern[]>(rules.patterns);
  // Not while a path is typed, because it is wrong until its end.
  const [isChecked, setIsChecked] = useState(false);
  const wrong = linesOf(paths).find((path) => parseRedactionPath(path) === undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (wrong !== undefined) return;
    save.mutate(
      { paths: linesOf(paths), patterns: [...patterns] },
      { onSuccess: () => notify({ tone: 'success', title: 'The rules were saved' }) },
    );
  };
  const isChanged = paths !== rules.paths.join('\n') || patterns.join() !== rules.patterns.join();
  return (
    <Panel title="Redaction">
      <form {...focus} onSubmit={submit} aria-label="Redaction rules" className="flex max-w-160 flex-col gap-4">
        <p className="text-muted text-sm">
          Viewers and operators see {REDACTED} in place of what is named here: in lists, jobs, downloads, events and the
          activity. Files, searches in contents and edits by expression are then for administrators only. What is stored
          does not change.
        </p>
        <fieldset disabled={refused !== null}>
          <legend className="mb-1.5 font-medium text-xs">In every text</legend>
          <div className="grid gap-1.5 sm:grid-cols-2">
            {REDACTION_PATTERNS.map((pattern) => (
              <label key={pattern} className="flex cursor-pointer items-start gap-2 text-sm">
                <input
                  type="checkbox"
                  className="mt-1 accent-accent"
                  checked={patterns.includes(pattern)}
                  onChange={({ target }) =>
                    setPatterns(
                      REDACTION_PATTERNS.filter((each) =>
                        each === pattern ? target.checked : patterns.includes(each),
                      ),
                    )
                  }
                />
                <span>
                  {PATTERN_WORDS[pattern].title}
                  <span className="block text-muted text-xs">{PATTERN_WORDS[pattern].example}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <Field
          label="Fields"
          hint="One path per line, such as data.customer.email, data.items.*.phone or result.body. A * stands for any name or item."
          error={
            wrong === undefined || !isChecked
              ? null
              : `${wrong} is not a path that begins with data, result or metadata.`
          }
        >
          {(control) => (
            <Textarea
              {...control}
              rows={5}
              className="font-mono text-xs"
              spellCheck={false}
              readOnly={refused !== null}
              value={paths}
              onBlur={() => setIsChecked(true)}
              onChange={({ target }) => {
                setIsChecked(false);
                setPaths(target.value);
              }}
            />
          )}
        </Field>
        {save.error ? <Notice tone="error">{messageOf(save.error)}</Notice> : null}
        {refused === null ? (
          <Button
            type="submit"
            variant="primary"
            className="self-start"
            busy={save.isPending}
            reason={isChanged ? null : 'Nothing was changed'}
          >
            Save rules
          </Button>
        ) : (
          <RoleNote reason={refused} />
        )}
      </form>
    </Panel>
  );
}

const messageOf = (error: Error): string =>
  error instanceof ApiError && error.errors[0] ? issueSentence(error.errors[0].message) : describeError(error);
