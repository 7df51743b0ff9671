import { z } from "zod";
import type { TicketProblem } from "../../../core/ticket.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { type Issue, issueSchema } from "./schema.ts";

const namedSchema = z.object({ identifier: z.string().min(1).max(200) });

export type ReadIssue =
  | { readonly kind: "issue"; readonly issue: Issue }
  | { readonly kind: "problem"; readonly problem: TicketProblem };

/**
 * One entry of a page of issues. One that is not as documented is a problem with its name.
 * @throws VendorError `malformed` where it does not even have one
 */
export const readIssue = (node: unknown, index: number): ReadIssue => {
  const { data: issue, error } = issueSchema.safeParse(node);
  if (issue !== undefined) return { kind: "issue", issue };
  const where = error.issues[0]?.path.join(".") ?? "";
  const named = namedSchema.safeParse(node).data;
  if (named === undefined)
    throw new VendorError(
      "malformed",
      `Linear's answer is not what its documentation says, at issues.nodes.${index}.${where}.`,
      { cause: error },
    );
  return {
    kind: "problem",
    problem: {
      source: named.identifier,
      problem: `What Linear says of it is not what its documentation says, at ${where}.`,
      fix: "Look at the issue in Linear: without this it cannot be worked on.",
    },
  };
};
