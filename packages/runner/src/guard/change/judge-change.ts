import { setImmediate as breathe } from "node:timers/promises";
import type { GuardSettings } from "@ai-implement/contracts";
import type { PatientSearch } from "../credentials/credential-search.ts";
import { type ChangedEntry, type ChangedFile, isGone } from "./change.ts";
import { contentFindings } from "./content-findings.ts";
import { type Finding, isApprovable } from "./findings.ts";
import { limits } from "./limits.ts";
import { changedLineCount } from "./line-changes.ts";
import { createPathRules } from "./path-findings.ts";

/** More than this is refused before anything is read. */
export const countFindings = (entries: readonly ChangedEntry[]): readonly Finding[] =>
  entries.length <= limits.files
    ? []
    : [tooLarge(`${entries.length} files; ${limits.files} is the most that is published at once`)];

/**
 * Everything that keeps a change from being published (§11.4); empty: it may be. What a person has approved is left out, but
 * for what nobody's approval lifts.
 */
export const judgeChange = async (
  files: readonly ChangedFile[],
  { protectedPaths, approvedPaths }: GuardSettings,
  search: PatientSearch,
): Promise<readonly Finding[]> => {
  const rulesOfPaths = createPathRules(protectedPaths);
  const approved = new Set(approvedPaths);
  const findings: Finding[] = [...sizeFindings(files)];
  for (const file of files) {
    findings.push(...rulesOfPaths(file.entry), ...(await contentFindings(file, search)));
    // A large change takes seconds: the heartbeat goes on between its files.
    await breathe();
  }
  return findings.filter(
    (finding) => !(isApprovable(finding) && finding.path !== null && approved.has(finding.path)),
  );
};

const sizeFindings = (files: readonly ChangedFile[]): readonly Finding[] => {
  const bytes = files.reduce((sum, { content }) => sum + ("size" in content ? content.size : 0), 0);
  if (bytes > limits.totalBytes)
    return [tooLarge(`${bytes} bytes; ${limits.totalBytes} is the most that is published at once`)];
  const lines = files.reduce((sum, file) => sum + linesOf(file), 0);
  return lines > limits.lines
    ? [tooLarge(`${lines} lines; ${limits.lines} is the most that is published at once`)]
    : [];
};

const linesOf = ({ entry, content, before }: ChangedFile): number => {
  if (isGone(entry)) return 0;
  return content.kind === "bytes" ? changedLineCount(before, content.bytes) : 0;
};

const tooLarge = (what: string): Finding => ({ path: null, rule: "change-too-large", what });
