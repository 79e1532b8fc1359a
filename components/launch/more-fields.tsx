import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SchemaField } from '@/components/ui/schema-fields';

interface MoreFieldsProps {
  /** what the line names, so that a reader need not open it to find one */
  fields: readonly SchemaField[];
  issues: Readonly<Record<string, string>>;
  title?: string;
  children: ReactNode;
}

/** Fields that few launches need, folded. It opens by itself if one of them has an error. */
export function MoreFields({ fields, issues, title = 'More fields', children }: MoreFieldsProps) {
  if (fields.length === 0) return null;
  const wrong = fields.some((field) => issues[field.name] !== undefined);
  return (
    <details className="group rounded-md border" open={wrong || undefined}>
      <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
        <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
        <span className="shrink-0">{title}</span>
        <span className="min-w-0 truncate font-mono text-muted text-xs">
          {fields.map((field) => field.name).join(', ')}
        </span>
      </summary>
      <div className="grid gap-3 border-t p-3 sm:grid-cols-2">{children}</div>
    </details>
  );
}
