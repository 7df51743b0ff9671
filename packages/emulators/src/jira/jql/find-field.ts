import { type CustomField, sameText } from "../model.ts";
import { equality, likeness, problem, type SearchField, type SearchSite, value } from "./search-field.ts";
import { systemField } from "./system-field.ts";

export type FoundField =
  | { readonly kind: "field"; readonly field: SearchField }
  | { readonly kind: "problem"; readonly problem: string };

/** Fields that Jira has and the emulator does not: named as such, so that nobody looks for the mistake elsewhere. */
const notEmulated = new Set([
  ..."affectedversion approvals assignee attachments category comment component creator due duedate".split(
    " ",
  ),
  ..."environment filter fixversion hierarchylevel issuelink lastviewed level originalestimate".split(" "),
  ..."remainingestimate reporter resolved resolutiondate sprint statuscategorychangeddate team".split(" "),
  ..."timespent voter votes watcher watchers worklogauthor worklogdate workratio project.type".split(" "),
]);

/** By system name, `cf[10500]`, a custom field's name, or that name with its type: `Status[Dropdown]`. */
export const findField = (site: SearchSite, name: string): FoundField => {
  const system = systemField(site, name);
  if (system !== null) return { kind: "field", field: system };
  if (notEmulated.has(name.toLowerCase()))
    return { kind: "problem", problem: `The emulator does not evaluate the field '${name}'.` };
  const custom = [...site.fields.values()].find((field) =>
    clauseNames(field).some((one) => sameText(one, name)),
  );
  return custom === undefined
    ? {
        kind: "problem",
        problem: `Field '${name}' does not exist or you do not have permission to view it.`,
      }
    : {
        kind: "field",
        field: custom.type === "select" ? selectField(custom, name) : textField(custom, name),
      };
};

/** How JQL may name a custom field. */
export const clauseNames = ({ number, name, type }: CustomField): readonly string[] => [
  `cf[${number}]`,
  name,
  `${name}[${type === "select" ? "Dropdown" : "Short text"}]`,
];

const selectField = (custom: CustomField, name: string): SearchField => {
  const position = (optionId: string | undefined): number | null => {
    const found = custom.options.findIndex(({ id }) => id === optionId);
    return found < 0 ? null : found;
  };
  return {
    name,
    operators: equality,
    values: ({ values }) => [values[custom.id]].filter((one) => one !== undefined),
    resolve: (operand) => {
      const found = custom.options.find((option) => sameText(option.value, operand) || option.id === operand);
      return found === undefined
        ? problem(`The option '${operand}' for field '${name}' does not exist.`)
        : value(found.id);
    },
    sortBy: ({ values }) => position(values[custom.id]),
  };
};

const textField = (custom: CustomField, name: string): SearchField => ({
  name,
  operators: likeness,
  values: ({ values }) => [values[custom.id]].filter((one) => one !== undefined),
  resolve: value,
  sortBy: ({ values }) => values[custom.id]?.toLowerCase() ?? null,
});
