import type { Problem, Rule } from "../finding.ts";
import type { ScalarNode } from "../syntax/tree.ts";
import { allSteps, type Workflow } from "../workflow/workflow.ts";

/** Only a full commit or digest says what will run; the version beside it says what it is. */
export const unpinnedAction: Rule = {
  id: "unpinned-action",
  check: (workflow) =>
    [...allSteps(workflow), ...workflow.jobs].flatMap(({ uses }) =>
      uses === undefined ? [] : problemOf(uses, workflow),
    ),
};

/** A local action comes with the commit that is checked out. */
export const isPinned = (uses: string): boolean => {
  if (uses.startsWith("./")) return true;
  if (uses.startsWith("docker://")) return /@sha256:[0-9a-f]{64}$/.test(uses);
  return /@[0-9a-f]{40}$/.test(uses);
};

const problemOf = ({ text, line }: ScalarNode, { lines }: Workflow): readonly Problem[] => {
  if (!isPinned(text))
    return [
      {
        line,
        message: `${text} can be changed by its owner at any time.`,
        fix: text.startsWith("docker://")
          ? "Name the image by its digest: docker://name@sha256:…"
          : "Name the full commit, and the version in a comment: owner/name@<40 hex digits> # v1.2.3",
      },
    ];
  if (text.startsWith(".") || text.startsWith("docker://") || hasVersion(lines[line - 1] ?? "")) return [];
  return [
    {
      line,
      message: `Nobody can tell which version ${text} is.`,
      fix: "Put the full version behind it as a comment: # v1.2.3",
    },
  ];
};

const hasVersion = (line: string): boolean => /#\s*v?\d+\.\d+\.\d+/.test(line);
