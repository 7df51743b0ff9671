import type { Rule } from "../finding.ts";
import { expressionsOf } from "../syntax/embedded.ts";
import { pathsOf } from "../syntax/expression.ts";
import { scalarsBelow } from "../syntax/tree.ts";

/** One that needs a secret gets that one, not all there are. */
export const overprovisionedSecrets: Rule = {
  id: "overprovisioned-secrets",
  check: ({ root }) =>
    scalarsBelow(root)
      .flatMap((node) => expressionsOf(node, false))
      .filter(
        ({ expression }) =>
          expression !== null &&
          pathsOf(expression).some(([context, name = "*"]) => context === "secrets" && name === "*"),
      )
      .map(({ text, line }) => ({
        line,
        message: `${text} is every secret, or one that is chosen at run time: the runner gets them all.`,
        fix: "Name the secret: secrets.NAME.",
      })),
};
