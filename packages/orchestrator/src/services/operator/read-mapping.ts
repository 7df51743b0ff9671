import { mappingSchema } from "@ai-implement/contracts";
import type { z } from "zod";
import { projectOf } from "../../core/mapping.ts";
import type { Project } from "../../core/project.ts";
import type { FieldProblem } from "./field-problem.ts";

export type ReadMapping =
  | { readonly kind: "valid"; readonly project: Project }
  | { readonly kind: "invalid"; readonly problems: readonly FieldProblem[] };

/** The shape of a project, and by field all that is wrong with it. Pure. */
export const readMapping = (input: unknown): ReadMapping => {
  const parsed = mappingSchema.safeParse(input);
  return parsed.success
    ? { kind: "valid", project: projectOf(parsed.data) }
    : { kind: "invalid", problems: parsed.error.issues.flatMap(fieldProblems) };
};

const fieldProblems = (issue: z.core.$ZodIssue): readonly FieldProblem[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({
        field: [...issue.path, key].join("."),
        problem: "is not a setting of a project: look for a misspelling",
      }))
    : [{ field: issue.path.join("."), problem: inWords(issue) }];

/** Zod's own messages name types of JavaScript; whoever fills in a form needs the common ones said plainly. */
const inWords = (issue: z.core.$ZodIssue): string => {
  if (issue.code === "invalid_value") return `has to be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small" && issue.origin === "string") return "may not be empty";
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return "is required";
  return issue.message;
};
