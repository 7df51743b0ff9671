import type { Rule } from "../finding.ts";
import { embeddedIn } from "../syntax/embedded.ts";
import { pathsOf } from "../syntax/expression.ts";
import { at, entriesOf, type Node, type ScalarNode } from "../syntax/tree.ts";
import type { Job } from "../workflow/workflow.ts";

/** Who chooses the image chooses the program, and who chooses its options lets it out. Only a step of a job before, that looked at the name, may hand one over. */
export const unvalidatedContainer: Rule = {
  id: "unvalidated-container",
  check: ({ jobs }) =>
    jobs
      .flatMap(({ node }) => [
        at(node, "container"),
        ...entriesOf(at(node, "services")).map(({ value }) => value),
      ])
      .flatMap(chosenOf)
      .flatMap(embeddedIn)
      .filter(({ expression }) => expression === null || !pathsOf(expression).every(isChosenByStep(jobs, 0)))
      .map(({ text, line }) => ({
        line,
        message: `${text} chooses an image, or its options, that nothing has looked at.`,
        fix: "Check it in a step of a job before, and take it from needs.<job>.outputs.",
      })),
};

const chosenOf = (container: Node | undefined) => {
  const isMap = container?.kind === "map";
  const chosen = isMap ? [at(container, "image"), at(container, "options")] : [container];
  return chosen.filter((node) => node?.kind === "scalar");
};

/** Jobs that hand on what they were handed themselves. */
const maxHops = 5;

/** An output that only passes an input or a variable through has not been looked at either. */
const isChosenByStep =
  (jobs: readonly Job[], hops: number) =>
  ([context, id, outputs, name, ...rest]: readonly string[]): boolean => {
    if (hops > maxHops || rest.length > 0) return false;
    if (context === "steps") return hops > 0 && outputs === "outputs" && name !== "*";
    if (context !== "needs" || outputs !== "outputs") return false;
    const output = outputNamed(
      jobs.find((job) => job.id.toLowerCase() === id),
      name,
    );
    return (
      output !== undefined &&
      embeddedIn(output).every(
        ({ expression }) => expression !== null && pathsOf(expression).every(isChosenByStep(jobs, hops + 1)),
      )
    );
  };

const outputNamed = (job: Job | undefined, name: string | undefined): ScalarNode | undefined => {
  const output = entriesOf(at(job?.node, "outputs")).find(({ key }) => key.toLowerCase() === name)?.value;
  return output?.kind === "scalar" ? output : undefined;
};
