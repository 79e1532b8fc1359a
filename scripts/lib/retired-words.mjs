import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * A name or wording that left this code base, and what to write instead. A string matches as a whole word and
 * case-sensitively; a regular expression matches as it is. `only` limits the rule to paths.
 * @typedef {{ word: string | RegExp, use: string, only?: RegExp }} RetiredWord
 * @typedef {{ file: string, line: number, word: string, use: string }} Finding
 */

/** Add an entry in the commit that renames something. @type {RetiredWord[]} */
export const RETIRED = [
  { word: /\b(?:lookAfter|untilDone|briefly)\(/, use: 'runMaintenance, retryForever, withTimeout' },
  {
    word: /\b(?:runDelivery|AgainLater|enterCurrent|openMessages)\b/,
    use: 'runAttempt, DeliverAgain, registerReporter',
  },
  { word: /\b(?:[oO]utbox|Notes)\(|new Outbox\b/, use: 'IpcBuffer, ReportBuffer', only: /^workers\// },
  { word: /\b(?:deliverForeign|ForeignJob|isFollowed|FOLLOWED_TYPES|retryOutside)\b/, use: 'external, lib/interop' },
  { word: /\b(?:handOverFlows|traceHandingOver)\b/, use: 'enqueueFlows, traceEnqueued' },
  {
    word: /\b(?:releaseForgotten|guardConsumer|bringForward)\b/,
    use: 'requeueLostClaims, holdLivenessLock, moveToFront',
  },
  { word: /\bpatiently\b/, use: 'retryWhileBusy', only: /^workers\// },
  { word: /\b(?:BatchTruth|JobTruth)\b/, use: 'NewestBatches, NewestJobs' },
  { word: /\b(?:absorbBatch|absorbJob|\w+\.absorb)\b/, use: 'mergeBatch, mergeJob, merge' },
  { word: /\b(?:mendConnection|useMendBatch)\b/, use: 'repairConnection, useRepairBatch' },
  { word: /\bcarryAlong\b|carry-along/, use: 'preventStarvation' },
  {
    word: /\bSEQ_NOT_IN_LINE\b|\bSEQ_ELSEWHERE\b|own-time/,
    use: 'SEQ_UNASSIGNED, SEQ_ALREADY_DELIVERED, delayed-children',
  },
  { word: /\bQUEUED_IF_HELD\b|\bHELD\b/, use: 'QUEUE_IF_SUSPENDED, SUSPENDED', only: /^lib\/domain\// },
  {
    word: /\b(?:isHeldBack|handOver|traceHandingOver|takeSlots|mendBatch|legible|heldAs)\b/,
    use: 'isStartDelayed, enqueueWindow, traceEnqueued, applyRateLimit, repairBatch, readableJson, credentialKey',
  },
  { word: /\bmachine lock\b/, use: 'liveness lock' },
  { word: /\btx\.sql\b|\bsql: Sql = pool\(\)/, use: 'tx.db, db: Queryable' },
  { word: 'lookForRedis', use: 'probeRedis' },
  { word: 'Cadence', use: 'Throttle' },
  { word: /\bdocuments? [A-F]\b|\bFEATURES [A-Z]\d+\b/, use: 'the name of the thing that it describes' },
  { word: /\brooms\b|\b(?:this|a|each) room\b/i, use: 'layer', only: /^(docs|scripts|lib\/testing)\/|^[^/]+$/ },
  { word: /Bring them corrected|[Dd]rop back corrected|Left-out rows/, use: 'Upload corrected rows, skipped rows' },
  { word: /Mend batch|Put \d+ mistakes? right/, use: 'Repair batch, Fix 2 mistakes' },
  { word: /\b(?:Matrix|Job|FlowJob)Slot\b/, use: 'a direct import of the component' },
  { word: /components\/(?:frame|matrix|compose)\b/, use: 'components/shell, components/batch/matrix, components/flow' },
  {
    word: /[bB]ehaviour|[cC]olour|[nN]eighbour|\b[cC]entred\b|\bgrey\b|(?:organ|normal|recogn|initial|virtual)is(?:e|ed|es|ing|ation)/,
    use: 'US spelling',
    // Data of tests may be written as people write it.
    only: /^(?!.*\.(?:test|spec)\.tsx?$)/,
  },
  { word: 'emptyYard', use: 'truncateAll' },
  { word: /\b(?:openYard|Yard)\b|chaos\/yard/, use: 'Installation', only: /^(chaos|workers|lib)\// },
  { word: /\bfor ever\b/, use: 'forever' },
  { word: /in vain until/, use: 'Timed out after … ms waiting for: …' },
  { word: /of (?:our|the product's) own making/, use: 'internal' },
  {
    word: /\b(?:one|every|a|the) verbs? (?:per file|throws|is given)|\bdomain verbs?\b|the verbs\b/i,
    use: 'use case, or domain function',
  },
  { word: /\b(?:lookAtFiles|lookOn|lookAgain)\b/, use: 'inspectFiles, inspectTable' },
  { word: /\b(?:ToldReading|withTold|toldNow)\b/, use: 'ReadingOverrides, withOverrides' },
  { word: 'reviveImports', use: 'recoverImports' },
  { word: 'notInQuarantine', use: 'leaveQuarantine' },
  { word: /\b(?:partsOf|fieldsIn)\b/, use: 'parseExpressions, columnsIn', only: /^(lib\/contracts|lib\/job-types)\// },
  {
    word: /\bjudge(?:All|Body|Text|Failure)?\(/,
    use: 'a verb for the result: classifyStatus, checkBody, compareWithRows, policyViolations',
  },
  { word: /\b(?:passOver|\w+\.mendable|[mM]endedDto)\b|\bmendable:/, use: 'discardBody, repairable, repairDto' },
  { word: /\bhanded (?:over|to the queue)\b/, use: 'enqueued' },
  { word: /\bas told\b|\btold-to\b|\b(?:when|is) told to\b/, use: 'as configured, on request, aborted' },
  { word: /\b(?:awaitPlace|awaitTurn)\b/, use: 'acquireHostPermit, waitForHostTurn' },
  { word: /\b(?:lookAt|lookFor|LookKind)\b/, use: 'previewOf, previewKindOf, PreviewKind', only: /^components\/job\// },
];

const TEXT = /\.(?:ts|tsx|mjs|js|css|md|json|ya?ml|prisma|example)$/;

/** These files name retired words on purpose, or can't be changed any more. */
const EXEMPT =
  /^(package-lock\.json|prisma\/migrations\/|docs\/(glossary|writing-style)\.md|scripts\/lib\/retired-words\.)/;

/**
 * Finds retired words in one text.
 * @param {string} file path relative to the root of the repository, with `/`
 * @param {string} text
 * @param {RetiredWord[]} [rules]
 * @returns {Finding[]}
 */
export function findRetired(file, text, rules = RETIRED) {
  /** @type {Finding[]} */
  const findings = [];
  for (const { word, use, only } of rules) {
    if (only && !only.test(file)) continue;
    const pattern = typeof word === 'string' ? new RegExp(`\\b${word}\\b`, 'g') : new RegExp(word, `${word.flags}g`);
    for (const match of text.matchAll(pattern)) {
      const line = text.slice(0, match.index).split('\n').length;
      findings.push({ file, line, word: match[0], use });
    }
  }
  return findings.sort((a, b) => a.line - b.line);
}

/**
 * Lists the text files that the rules apply to. Folders that .gitignore names are left out.
 * @param {string} root
 * @returns {string[]}
 */
export function checkedFiles(root) {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('/'));
  const skipped = new Set(['.git/', ...ignored]);
  /** @type {string[]} */
  const files = [];
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        if (!skipped.has(`${entry.name}/`) && !skipped.has(`${path}/`)) walk(path);
      } else if (TEXT.test(entry.name) && !EXEMPT.test(path)) files.push(path);
    }
  };
  walk('');
  return files;
}

// Run as a check of `npm run verify`: a line for each finding, exit code 1 if there is any.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const findings = checkedFiles('.').flatMap((file) => findRetired(file, readFileSync(file, 'utf8')));
  for (const { file, line, word, use } of findings)
    console.log(`${file}:${line} uses "${word}". Write instead: ${use}`);
  if (findings.length > 0) console.log('See docs/writing-style.md and docs/glossary.md.');
  process.exitCode = findings.length > 0 ? 1 : 0;
}
