/** A string as JQL takes it: quoted, so that no character of it means anything. */
export const quote = (text: string): string =>
  `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t")}"`;

const customField = /^customfield_(\d+)$/;

export const isCustomFieldId = (fieldId: string): boolean => customField.test(fieldId);

/** `customfield_10500` as JQL names it: `cf[10500]`, which no renaming breaks. */
export const clauseName = (fieldId: string): string => {
  const number = customField.exec(fieldId)?.[1];
  return number === undefined ? quote(fieldId) : `cf[${number}]`;
};

/** One project's share of the search for marked issues. */
export interface MarkedClause {
  /** The operator's own; it has been through `faultOf`. */
  readonly jql: string;
  readonly statusFieldId: string;
  /** Options that exist: Jira refuses the whole search for one that does not. Not empty. */
  readonly words: readonly string[];
}

/** The marked, open issues of all projects in one search, oldest first (§7.2). */
export const markedJql = (clauses: readonly MarkedClause[]): string =>
  `${anyOf(clauses)} AND statusCategory != Done ORDER BY created ASC, key ASC`;

/** Those of these issues, open or not, that are marked for any of the projects. */
export const markedAmongJql = (clauses: readonly MarkedClause[], issueIds: readonly string[]): string =>
  `${anyOf(clauses)} AND id in (${issueIds.join(", ")})`;

const anyOf = (clauses: readonly MarkedClause[]): string => {
  const shares = clauses.map(
    ({ jql, statusFieldId, words }) =>
      `((${jql}) AND ${clauseName(statusFieldId)} in (${words.map(quote).join(", ")}))`,
  );
  return `(${[...new Set(shares)].join(" OR ")})`;
};

export const childrenJql = (parentKeys: readonly string[]): string =>
  `parent in (${parentKeys.map(quote).join(", ")}) ORDER BY created ASC, key ASC`;

/**
 * Why this JQL cannot stand inside another one, or null. Jira judges the whole only: an operator's `a) OR (b` would
 * pass there and mean something else.
 */
export const faultOf = (jql: string): string | null => {
  let quotedBy: string | null = null;
  let depth = 0;
  let bare = "";
  for (let at = 0; at < jql.length; at += 1) {
    const character = jql.charAt(at);
    if (quotedBy !== null) {
      if (character === "\\") at += 1;
      else if (character === quotedBy) quotedBy = null;
      continue;
    }
    if (character === "\\") {
      // It takes the meaning from the character behind it outside of quotation marks too.
      at += 1;
      bare += " ";
      continue;
    }
    if (character === '"' || character === "'") quotedBy = character;
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (depth < 0) return "It closes a parenthesis that it does not open.";
    bare += quotedBy === null ? character : " ";
  }
  if (quotedBy !== null) return `It has a ${quotedBy} without its other half.`;
  if (depth > 0) return "It opens a parenthesis that it does not close.";
  if (bare.trim() === "" && jql.trim() === "") return "It is empty.";
  return /\border\s+by\b/i.test(bare)
    ? "It has an ORDER BY, and a project's JQL is one condition among others."
    : null;
};
