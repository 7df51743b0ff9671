import type { Problem, Rule } from "../finding.ts";
import { at, type Entry, entriesOf, type Node, scalarsBelow } from "../syntax/tree.ts";
import { actionOf, type Job, type Workflow } from "../workflow/workflow.ts";

/** A job's token can do what the job needs and no more. */
export const excessivePermissions: Rule = {
  id: "excessive-permissions",
  check: (workflow) => [
    ...topProblems(workflow),
    ...workflow.jobs.flatMap((job) => [...wholesale(at(job.node, "permissions")), ...unusedIn(job)]),
  ],
};

const topProblems = ({ root, jobs }: Workflow): readonly Problem[] => {
  const top = at(root, "permissions");
  if (top === undefined)
    return [
      {
        line: root.line,
        message: "Without `permissions` at the top, jobs get whatever the repository's default is.",
        fix: "Put `permissions: {}` at the top, and what each job needs at the job.",
      },
    ];
  const everyJobSays = jobs.length > 0 && jobs.every(({ node }) => at(node, "permissions") !== undefined);
  const tooMuch = entriesOf(top).filter(
    (entry) => isWrite(entry) || (everyJobSays && textOf(entry.value) !== "none"),
  );
  return [
    ...wholesale(top),
    ...tooMuch.map(({ key, line, value }) => ({
      line,
      message: `Every job gets ${key}: ${textOf(value)}, whether it needs it or not.`,
      fix: "Give it to the job that needs it.",
    })),
  ];
};

const wholesale = (permissions: Node | undefined): readonly Problem[] => {
  if (permissions?.kind !== "scalar" || !/^(read|write)-all$/.test(permissions.text)) return [];
  return [
    {
      line: permissions.line,
      message: `${permissions.text} is every permission there is.`,
      fix: "Name the permissions that are needed.",
    },
  ];
};

/** Actions of which it is known that they do not use the job's token. */
const tokenless = [
  "actions/upload-artifact",
  "actions/download-artifact",
  "actions/create-github-app-token",
  "actions/cache",
];

/** A permission is of use only through the job's token. An identity (`id-token`) is taken without it. */
const unusedIn = (job: Job): readonly Problem[] => {
  if (job.uses !== undefined || usesToken(job)) return [];
  return entriesOf(at(job.node, "permissions"))
    .filter(({ key, value }) => key !== "id-token" && textOf(value) !== "none")
    .map(({ key, line }) => ({
      line,
      message: `No step of the job ${job.id} can use ${key}: none has the job's token.`,
      fix: "Leave it out.",
    }));
};

const usesToken = ({ node, steps }: Job): boolean =>
  steps.some((step) => step.uses !== undefined && !tokenless.includes(actionOf(step) ?? "")) ||
  scalarsBelow(node).some(({ text }) => /github\.token|secrets\.github_token|toJSON\(github\)/i.test(text));

const isWrite = ({ value }: Entry): boolean => textOf(value) === "write";
const textOf = (node: Node): string => (node.kind === "scalar" ? node.text : "");
