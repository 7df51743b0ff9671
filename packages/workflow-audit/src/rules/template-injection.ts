import type { Problem, Rule } from "../finding.ts";
import { embeddedIn } from "../syntax/embedded.ts";
import { at, type ScalarNode, scalarAt } from "../syntax/tree.ts";
import { createTaint, type Place, type Taint } from "../taint/taint.ts";
import { actionOf, type Job, type Step, type Workflow } from "../workflow/workflow.ts";

/** An expression is filled in before the shell sees the script: what a stranger wrote becomes a part of the program. */
export const templateInjection: Rule = {
  id: "template-injection",
  check: (workflow) => {
    const taint = createTaint(workflow);
    const found = [
      ...problemsIn(defaultsOf(workflow.root), {}, taint),
      ...workflow.jobs.flatMap((job) => problemsOfJob(job, taint)),
    ];
    return found;
  },
};

const problemsOfJob = (job: Job, taint: Taint): readonly Problem[] => [
  ...problemsIn(defaultsOf(job.node), { job }, taint),
  ...job.steps.flatMap((step) => problemsIn(programsOf(step), { job, step }, taint)),
];

const defaultsOf = (node: Workflow["root"]): readonly ScalarNode[] =>
  [
    scalarAt(at(node, "defaults", "run"), "shell"),
    scalarAt(at(node, "defaults", "run"), "working-directory"),
  ].filter((value) => value !== undefined);

/** Inputs that actions run as a program. */
const programInputs = /^(script|run|cmd|commands?|command_line|inline-?script|entrypoint|args)$/i;

const programsOf = (step: Step): readonly ScalarNode[] => [
  ...[step.run, scalarAt(step.node, "shell"), scalarAt(step.node, "working-directory")].filter(
    (value) => value !== undefined,
  ),
  ...step.inputs.flatMap(({ key, value }) =>
    value.kind === "scalar" && (programInputs.test(key) || isScript(step, key)) ? [value] : [],
  ),
];

const isScript = (step: Step, input: string): boolean =>
  actionOf(step) === "actions/github-script" && input.toLowerCase() !== "github-token";

const problemsIn = (programs: readonly ScalarNode[], place: Place, taint: Taint): readonly Problem[] =>
  programs.flatMap(embeddedIn).flatMap(({ expression, line, text }) => {
    const source = expression === null ? null : taint.ofExpression(expression, place);
    if (source === null) return [];
    return [
      {
        line,
        message: `${text} puts ${source}, which others write, into a program.`,
        fix: "Put it into `env` of the step and read the variable, in quotes.",
      },
    ];
  });
