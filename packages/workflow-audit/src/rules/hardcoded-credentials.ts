import type { Rule } from "../finding.ts";
import { at, entriesOf, scalarAt } from "../syntax/tree.ts";

/** A password in the file is everybody's who can read the repository, for as long as its history lasts. */
export const hardcodedCredentials: Rule = {
  id: "hardcoded-credentials",
  check: ({ jobs }) =>
    jobs
      .flatMap(({ node }) => [
        at(node, "container"),
        ...entriesOf(at(node, "services")).map(({ value }) => value),
      ])
      .flatMap((container) => scalarAt(container, "credentials", "password") ?? [])
      .filter(({ text }) => text !== "" && !/^\$\{\{.*\}\}$/s.test(text.trim()))
      .map(({ line }) => ({
        line,
        message: "The registry's password stands in the file.",
        fix: "Make it a secret, and change it: it has been public.",
      })),
};
