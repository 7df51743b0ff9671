import type { Rule } from "../finding.ts";
import { at, scalarsBelow } from "../syntax/tree.ts";
import { checksAuthor } from "../workflow/conditions.ts";
import { publicTriggers } from "../workflow/triggers.ts";
import type { Job } from "../workflow/workflow.ts";

/** A machine of one's own keeps what a stranger's run leaves on it. */
export const selfHostedRunner: Rule = {
  id: "self-hosted-runner",
  check: (workflow) => {
    const [event] = publicTriggers(workflow);
    if (event === undefined) return [];
    return workflow.jobs
      .filter((job) => mayBeSelfHosted(job) && !checksAuthor(workflow, job))
      .map(({ id, node, line }) => ({
        line: at(node, "runs-on")?.line ?? line,
        message: `With ${event} strangers can make ${id} run, perhaps on a machine of your own.`,
        fix: "Use a hosted runner, or let the job's `if` demand who may write here.",
      }));
  },
};

/** What an expression chooses is not known here. */
const mayBeSelfHosted = ({ node }: Job): boolean => {
  const runsOn = at(node, "runs-on");
  if (runsOn?.kind === "map" && at(runsOn, "group") !== undefined) return true;
  return scalarsBelow(runsOn).some(
    ({ text }) => /self-hosted/i.test(text) || /\$\{\{(?!\s*matrix\.)/.test(text),
  );
};
