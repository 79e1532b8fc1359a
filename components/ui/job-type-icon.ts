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

/** The picture of a job type; one that was added without a picture has a common one. */
export const jobTypeIcon = (type: string): LucideIcon => ICON[type] ?? Shapes;
