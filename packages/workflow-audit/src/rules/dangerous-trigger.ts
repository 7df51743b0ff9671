import type { Problem, Rule } from "../finding.ts";
import { embeddedIn } from "../syntax/embedded.ts";
import { pathsOf } from "../syntax/expression.ts";
import { at, entriesOf, scalarsBelow } from "../syntax/tree.ts";
import { checksAuthor } from "../workflow/conditions.ts";
import { privilegedTriggers } from "../workflow/triggers.ts";
import { actionOf, inputOf, type Job, type Step, type Workflow } from "../workflow/workflow.ts";

/** Events that run with this repository's rights although anybody causes them: no code of theirs, no secrets for them. */
export const dangerousTrigger: Rule = {
  id: "dangerous-trigger",
  check: (workflow) => {
    const [event] = privilegedTriggers(workflow);
    if (event === undefined) return [];
    return workflow.jobs.flatMap((job) => [
      ...job.steps.filter(takesHead).map(
        ({ line }): Problem => ({
          line,
          message: `With ${event} this fetches code that a stranger may have written, next to this repository's rights.`,
          fix: "Check such code out only in a workflow on pull_request, or not at all.",
        }),
      ),
      ...unguarded(workflow, job, event),
    ]);
  },
};

const headContexts =
  /\.(head\.(ref|sha|label|repo)|head_(ref|sha|branch|repository|commit)|merge_commit_sha)\b/;
const fetchesHead = /\bgh\s+pr\s+checkout\b|\brefs\/pull\/|\bpull\/[^\s]*\/(head|merge)\b/;

const takesHead = (step: Step): boolean => {
  if (step.run !== undefined)
    return (
      fetchesHead.test(step.run.text) ||
      (/\bgit\s+(checkout|fetch|pull|switch|clone)\b/.test(step.run.text) && readsHead(step))
    );
  if (actionOf(step) !== "actions/checkout") return false;
  return ["ref", "repository"].some((name) => /\$\{\{|refs\/pull\//.test(inputOf(step, name)?.text ?? ""));
};

const readsHead = ({ node }: Step): boolean =>
  scalarsBelow(node).some(({ text }) => headContexts.test(text) || /github\.head_ref/.test(text));

const unguarded = (workflow: Workflow, job: Job, event: string): readonly Problem[] => {
  if (checksAuthor(workflow, job)) return [];
  const writes = entriesOf(at(job.node, "permissions")).filter(
    ({ value }) => value.kind === "scalar" && value.text === "write",
  );
  const secrets = scalarsBelow(job.node)
    .flatMap(embeddedIn)
    .filter(({ expression }) => {
      const paths = expression === null ? [] : pathsOf(expression);
      return paths.some(([context, name]) => context === "secrets" && name !== "github_token");
    });
  const first = [...writes, ...secrets].at(0);
  const guarded = job.steps.every((step) => checksAuthor(workflow, job, step));
  if (first === undefined || (guarded && writes.length === 0)) return [];
  return [
    {
      line: first.line,
      message: `With ${event} anybody makes the job ${job.id} run, with a secret or a write permission.`,
      fix: "Let its `if` demand an author_association of OWNER, MEMBER or COLLABORATOR.",
    },
  ];
};
