import type { Rule } from "../finding.ts";
import { embeddedIn } from "../syntax/embedded.ts";
import { pathsOf } from "../syntax/expression.ts";
import { at, scalarsBelow } from "../syntax/tree.ts";

/** A secret in the environment of a workflow or job is there for every step, also for those of others. */
export const secretScope: Rule = {
  id: "secret-scope",
  check: ({ root, jobs }) =>
    [root, ...jobs.map(({ node }) => node)]
      .flatMap((node) => scalarsBelow(at(node, "env")))
      .flatMap(embeddedIn)
      .filter(({ expression }) => expression !== null && pathsOf(expression).some(isSecret))
      .map(({ text, line }) => ({
        line,
        message: `${text} is in the environment of every step.`,
        fix: "Put it into `env` of the step that needs it.",
      })),
};

const isSecret = ([context, name]: readonly string[]): boolean =>
  context === "secrets" || (context === "github" && name === "token");
