import {
  Activity,
  ArrowLeftRight,
  Brain,
  FileText,
  Globe,
  ListTree,
  type LucideIcon,
  Plug,
  Shapes,
  Sigma,
  SlidersHorizontal,
  Target,
} from 'lucide-react';

const ICON: Readonly<Record<string, LucideIcon>> = {
  'document-processing': FileText,
  'bulk-operation': Globe,
  'data-conversion': ArrowLeftRight,
  diagnostic: Activity,
  collect: Sigma,
  'fine-tuning': SlidersHorizontal,
  'model-training': Brain,
  'model-predict': Target,
  'workflow-execution': ListTree,
  external: Plug,
};

/** Returns the icon of a job type; a default icon for types that have none. */
export const jobTypeIcon = (type: string): LucideIcon => ICON[type] ?? Shapes;
