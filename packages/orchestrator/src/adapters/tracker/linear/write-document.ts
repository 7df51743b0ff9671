import type { GraphqlRequest } from "./linear-api.ts";
import type { Write } from "./plan-writes.ts";

/** One mutation that does all of these, in their order (GraphQL runs the fields of a mutation one after the other). */
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
  return {
    document: `mutation Write(${parameters.join(", ")}) {\n  ${fields.join("\n  ")}\n}`,
    variables,
  };
};

export const fieldOf = (index: number): string => `write${index}`;
