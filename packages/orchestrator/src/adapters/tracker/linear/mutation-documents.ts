import { labelFields } from "./documents.ts";
import type { GraphqlRequest } from "./linear-api.ts";
import type { Write } from "./plan-writes.ts";
import type { NewLabel } from "./workspace.ts";

/*
 * Documents of many aliased mutations. GraphQL runs them one after the other, in their order. What they carry goes in as
 * variables only.
 */

/** Puts all of these on issues. */
export const writeDocument = (writes: readonly Write[]): GraphqlRequest => {
  const parameters: string[] = [];
  const fields: string[] = [];
  const variables: Record<string, unknown> = {};
  writes.forEach((write, index) => {
    const field = fieldOf(index);
    variables[`input${index}`] = write.input;
    if (write.kind === "comment") {
      parameters.push(`$input${index}: CommentCreateInput!`);
      fields.push(`${field}: commentCreate(input: $input${index}) { success }`);
      return;
    }
    variables[`id${index}`] = write.issueId;
    parameters.push(`$id${index}: String!`, `$input${index}: IssueUpdateInput!`);
    fields.push(`${field}: issueUpdate(id: $id${index}, input: $input${index}) { success }`);
  });
  return { document: mutation("Write", parameters, fields), variables };
};

/** By what name an answer to `writeDocument` tells of the write at this place. */
export const fieldOf = (index: number): string => `write${index}`;

/** Makes all of these labels. */
export const labelsDocument = (labels: readonly NewLabel[]): GraphqlRequest => ({
  document: mutation(
    "CreateLabels",
    labels.map((_, index) => `$label${index}: IssueLabelCreateInput!`),
    labels.map(
      (_, index) =>
        `label${index}: issueLabelCreate(input: $label${index}) { success issueLabel { ${labelFields} } }`,
    ),
  ),
  variables: Object.fromEntries(labels.map((label, index) => [`label${index}`, label])),
});

const mutation = (name: string, parameters: readonly string[], fields: readonly string[]): string =>
  `mutation ${name}(${parameters.join(", ")}) {\n  ${fields.join("\n  ")}\n}`;
