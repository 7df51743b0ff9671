import type { Finding } from "./finding.ts";
import { rules } from "./rules.ts";
import { readTree } from "./syntax/read-tree.ts";
import { at } from "./syntax/tree.ts";
import { toWorkflow } from "./workflow/workflow.ts";

/**
 * What an auditor of GitHub workflows would object to, in the order of the file. Never throws: a text that cannot be
 * audited is a finding (`unreadable-workflow`) itself.
 * @param file name that the findings carry
 */
export const auditWorkflow = (source: string, file: string): readonly Finding[] => {
  const tree = readTree(source);
  if (tree.kind === "unreadable") return [unreadable(file, tree.line, `It cannot be read: ${tree.why}`)];
  if (at(tree.root, "jobs")?.kind !== "map" || at(tree.root, "on") === undefined)
    return [unreadable(file, tree.root.line, "It has no `on` or no `jobs`.")];
  const workflow = toWorkflow(tree.root, source);
  return rules
    .flatMap(({ id, check }) => check(workflow).map((problem) => ({ file, rule: id, ...problem })))
    .sort((one, other) => one.line - other.line || (one.rule < other.rule ? -1 : 1));
};

const unreadable = (file: string, line: number, message: string): Finding => ({
  file,
  rule: "unreadable-workflow",
  line,
  message,
  fix: "Mend the file: GitHub would not run it either.",
});
