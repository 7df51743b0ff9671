import type { Rule } from "../finding.ts";
import { scalarAt } from "../syntax/tree.ts";

/** A called workflow gets the secrets that it needs, by name. */
export const secretsInherit: Rule = {
  id: "secrets-inherit",
  check: ({ jobs }) =>
    jobs.flatMap(({ id, node }) => {
      const secrets = scalarAt(node, "secrets");
      if (secrets?.text !== "inherit") return [];
      return [
        {
          line: secrets.line,
          message: `The workflow that ${id} calls gets every secret of the repository and the organisation.`,
          fix: "Name the secrets that it needs.",
        },
      ];
    }),
};
