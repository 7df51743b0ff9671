import type { Rule } from "../finding.ts";
import { at, entriesOf, type Node, type ScalarNode, scalarAt, scalarsBelow } from "../syntax/tree.ts";

/** What is let out of its container has the machine, and with it every secret of the job. */
export const privilegedContainer: Rule = {
  id: "privileged-container",
  check: ({ jobs }) =>
    jobs
      .flatMap(({ node }) => [
        at(node, "container"),
        ...entriesOf(at(node, "services")).map(({ value }) => value),
      ])
      .flatMap(wayOut)
      .map(({ text, line }) => ({
        line,
        message: `${text} lets the container at the machine.`,
        fix: "Leave it out: a job's container needs no more than its work folder.",
      })),
};

/** Fewer rights, and rights over the container's own network alone. */
const harmless = /(^|\s)--(cap-add[= ]NET_ADMIN|security-opt[= ]no-new-privileges)(?=\s|$)/g;
const freeing =
  /(^|\s)--(privileged|cap-add|device|security-opt|pid[= ]host|ipc[= ]host|userns[= ]host|network[= ]host)\b/;
const hostFolder = /^\/(:|$)|docker\.sock|^\/(etc|proc|root|run|sys|var)(\/|:|$)/;

const wayOut = (container: Node | undefined): readonly ScalarNode[] => {
  const options = scalarAt(container, "options");
  return [
    ...(options !== undefined &&
    (freeing.test(options.text.replace(harmless, "")) || /docker\.sock/.test(options.text))
      ? [options]
      : []),
    ...scalarsBelow(at(container, "volumes")).filter(({ text }) => hostFolder.test(text)),
  ];
};
