import type { Project, TicketingConfig } from "../../../core/project.ts";
import type { JiraField, JiraOption } from "../../../ports/jira-directory.ts";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { isCustomFieldId } from "./jql.ts";
import { type StatusWord, sameWord, statusWords } from "./stage-words.ts";

export type JiraTicketing = Extract<TicketingConfig, { kind: "jira" }>;

/** A project whose tickets are in Jira. */
export interface JiraProject {
  readonly key: string;
  readonly ticketing: JiraTicketing;
}

export const jiraProject = ({ key, ticketing }: Project): JiraProject | null =>
  ticketing.kind === "jira" ? { key, ticketing } : null;

/** Where the two marks of §7.1 are looked for: names, or ids such as `customfield_10500`. */
export interface MarkNames {
  readonly status: string;
  readonly repo: string;
}

export const defaultMarkNames: MarkNames = { status: "AI-Implement Status", repo: "AI-Implement Repo" };

export const markNamesOf = ({ statusFieldOverride, repoFieldOverride }: JiraTicketing): MarkNames => ({
  status: statusFieldOverride?.trim() || defaultMarkNames.status,
  repo: repoFieldOverride?.trim() || defaultMarkNames.repo,
});

export type Shortcoming = NonNullable<SetupFinding["problem"]>;

/** The fields in which Jira holds our marks, for one project or several. */
export interface Marks {
  readonly status: JiraField;
  readonly repo: JiraField;
  /** By our word, as Jira spells the option; one that is missing or disabled is not there. */
  readonly options: ReadonlyMap<StatusWord, string>;
}

export type FoundField =
  | { readonly kind: "found"; readonly field: JiraField }
  | { readonly kind: "not-usable"; readonly problem: Shortcoming };

const fieldTypes = {
  status: { allowed: ["option"], is: "a select list (single choice)" },
  repo: { allowed: ["option", "string"], is: "a select list (single choice) or a short text" },
} as const satisfies Record<keyof MarkNames, unknown>;

const overrideOf = { status: "statusFieldOverride", repo: "repoFieldOverride" } as const;

/** The one field of that exact name or id. Pure. */
export const findField = (
  fields: readonly JiraField[],
  names: MarkNames,
  purpose: keyof MarkNames,
): FoundField => {
  const wanted = names[purpose];
  const { allowed, is } = fieldTypes[purpose];
  const [field, ...others] = fields.filter(({ id, name, custom }) =>
    isCustomFieldId(wanted) ? id === wanted : custom && isCustomFieldId(id) && name === wanted,
  );
  const override = `ticketingConfig.${overrideOf[purpose]}`;
  if (field === undefined)
    return notUsable(
      `Jira has no field "${wanted}" that JIRA_TOKEN's user can see.`,
      `Create it as ${is} and put it on the screens of its project, or name another one in ${override}.`,
    );
  if (others.length > 0)
    return notUsable(
      `Jira has ${others.length + 1} fields named "${wanted}": ${[field, ...others].map(({ id }) => id).join(", ")}.`,
      `Put the id of the right one in ${override}, or rename the others.`,
    );
  if (!allowed.some((type) => type === field.type))
    return notUsable(
      `The field "${wanted}" is of the type "${field.type}".`,
      `Make it anew as ${is}, or name another one in ${override}.`,
    );
  return { kind: "found", field };
};

const notUsable = (what: string, fix: string): FoundField => ({ kind: "not-usable", problem: { what, fix } });

export const knownOptions = (options: readonly JiraOption[]): Marks["options"] =>
  new Map(
    statusWords.flatMap((word) => {
      const option = options.find(({ value, disabled }) => !disabled && sameWord(value, word));
      return option === undefined ? [] : [[word, option.value] as const];
    }),
  );

export const missingOption = ({ name }: JiraField, words: readonly string[]): Shortcoming => ({
  what: `The field "${name}" has no enabled ${words.length === 1 ? "option" : "options"} ${words.map((word) => `"${word}"`).join(", ")}.`,
  fix: `Add what is missing to the field's options, in every context that it is used in.`,
});

export const missingWords = ({ options }: Pick<Marks, "options">): readonly StatusWord[] =>
  statusWords.filter((word) => !options.has(word));

/** A select's option or a text, as a person reads it; null where it is unset. */
export const textOf = (fields: Readonly<Record<string, unknown>>, { id }: JiraField): string | null => {
  const value = fields[id];
  const text = typeof value === "object" && value !== null && "value" in value ? value.value : value;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : null;
};
