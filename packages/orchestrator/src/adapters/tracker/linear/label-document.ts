import type { GraphqlRequest } from "./linear-api.ts";
import type { NewLabel } from "./workspace.ts";

/** One mutation that makes all of these labels. */
export const labelsDocument = (labels: readonly NewLabel[]): GraphqlRequest => {
  const parameters = labels.map((_, index) => `$label${index}: IssueLabelCreateInput!`);
  const fields = labels.map(
    (_, index) =>
      `label${index}: issueLabelCreate(input: $label${index}) { success issueLabel { id name isGroup retiredAt team { id } } }`,
  );
  return {
    document: `mutation CreateLabels(${parameters.join(", ")}) {\n  ${fields.join("\n  ")}\n}`,
    variables: Object.fromEntries(labels.map((label, index) => [`label${index}`, label])),
  };
};
