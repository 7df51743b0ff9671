import type { Rule } from "../finding.ts";
import { type Embedded, embeddedIn, expressionsOf } from "../syntax/embedded.ts";
import { pathsOf } from "../syntax/expression.ts";
import { at, entriesOf, type Node, type ScalarNode, scalarsBelow } from "../syntax/tree.ts";
import type { Job, Step, Workflow } from "../workflow/workflow.ts";

const tokenName =
  /(^|[_-])(token|secret|password|passwd|passphrase|credentials?|(api|private|access)[_-]?key)$/i;

/**
 * An input is no secret to GitHub: the log shows it with the environment of every step. It has to be masked first, by a
 * step that takes it from the event's file, since its own environment is shown before it runs.
 */
export const unmaskedToken: Rule = {
  id: "unmasked-token",
  check: (workflow) =>
    tokenInputs(workflow).flatMap((name) =>
      workflow.jobs.flatMap((job) => {
        const line = firstUse(job, name);
        if (line === null) return [];
        return [
          {
            line,
            message: `The input ${name} is shown in the log before anything masks it.`,
            fix: "Mask it in an earlier step of the job: read it from $GITHUB_EVENT_PATH, echo ::add-mask:: with it.",
          },
        ];
      }),
    ),
};

const tokenInputs = ({ triggers }: Workflow): readonly string[] =>
  entriesOf(at(triggers.get("workflow_dispatch"), "inputs"))
    .map(({ key }) => key)
    .filter((key) => tokenName.test(key));

const firstUse = ({ node, condition, steps }: Job, name: string): number | null => {
  const early =
    lineOfUse([at(node, "env"), at(node, "container"), at(node, "services")], name) ??
    lineOfTest(condition, name);
  if (early !== null) return early;
  for (const step of steps) {
    const texts = [step.run, ...[...step.inputs, ...step.env].map(({ value }) => value)];
    const line = lineOfTest(step.condition, name) ?? lineOfUse(texts, name);
    if (line !== null) return line;
    if (masks(step, name)) return null;
  }
  return null;
};

const masks = ({ run }: Step, name: string): boolean => {
  const script = run?.text ?? "";
  return script.includes("::add-mask::") && script.includes("GITHUB_EVENT_PATH") && script.includes(name);
};

/** With debugging turned on, the log shows every value that a condition reads. */
const lineOfTest = (condition: ScalarNode | undefined, name: string): number | null =>
  condition === undefined ? null : lineReading(expressionsOf(condition, true), name);

const lineOfUse = (nodes: readonly (Node | undefined)[], name: string): number | null =>
  lineReading(nodes.flatMap(scalarsBelow).flatMap(embeddedIn), name);

const lineReading = (embedded: readonly Embedded[], name: string): number | null => {
  const use = embedded.find(
    ({ expression }) =>
      expression !== null &&
      pathsOf(expression).some(
        (path) => /^(github\.event\.)?inputs\./.test(path.join(".")) && path.at(-1) === name.toLowerCase(),
      ),
  );
  return use?.line ?? null;
};
