import type { Relative } from "../../../core/ticket.ts";
import { adfToMarkdown } from "./adf/to-markdown.ts";
import { fetchIssues } from "./issue-reader.ts";
import type { JiraClient } from "./jira-client.ts";
import { childrenJql } from "./jql.ts";
import { type BareIssue, type Issue, type LinkedIssue, relativeFieldsSchema } from "./schema.ts";
import { search } from "./search.ts";
import { relatedIssues } from "./to-ticket.ts";

/** Parent, siblings and related issues, as context for the agent (§5.2). */
export interface Relatives {
  /** By issue id. An issue that has not changed since it was last asked for costs nothing. @throws VendorError */
  of(issues: readonly Issue[]): Promise<ReadonlyMap<string, readonly Relative[]>>;
}

const maxSiblings = 20;
const maxRelated = 20;
/** Of all parents of one look: one family must not cost a hundred pages. */
const maxChildren = 1_000;
/** Relatives are context for the agent, not its task; in UTF-16 code units. */
const maxDescription = 2_000;
const rememberedIssues = 1_000;

const relativeFields = ["summary", "description", "parent"];

interface Memory {
  readonly updated: string;
  readonly relatives: readonly Relative[];
}

export const createRelatives = (client: JiraClient): Relatives => {
  // A Map keeps the order of insertion: its first entry is the one that was read longest ago.
  const memories = new Map<string, Memory>();

  const remember = (id: string, memory: Memory): void => {
    memories.delete(id);
    memories.set(id, memory);
    const [oldest] = memories.keys();
    if (memories.size > rememberedIssues && oldest !== undefined) memories.delete(oldest);
  };

  return {
    async of(issues) {
      const known = new Map(
        issues.flatMap(({ id, fields: { updated } }) => {
          const memory = memories.get(id);
          return memory?.updated === updated ? [[id, memory.relatives] as const] : [];
        }),
      );
      const read = await readRelatives(
        client,
        issues.filter(({ id }) => !known.has(id)),
      );
      for (const { id, fields } of issues) {
        const relatives = read.get(id);
        if (relatives !== undefined) remember(id, { updated: fields.updated, relatives });
      }
      return new Map([...known, ...read]);
    },
  };
};

const readRelatives = async (
  client: JiraClient,
  issues: readonly Issue[],
): Promise<ReadonlyMap<string, readonly Relative[]>> => {
  const parents = issues.flatMap(({ fields: { parent } }) => parent ?? []);
  const linked = [...parents, ...issues.flatMap((issue) => relatedIssues(issue).slice(0, maxRelated))];
  const found = await fetchIssues(
    client,
    linked.map(({ id }) => id),
    relativeFields,
  );
  // Jira refuses the whole search for a parent that our user may not see.
  const visible = parents.flatMap(({ id }) => found.get(id)?.key ?? []);
  const children = await readChildren(client, [...new Set(visible)]);
  return new Map(issues.map((issue) => [issue.id, relativesOf(issue, found, children)]));
};

/** By the parent's key, oldest first. */
const readChildren = async (
  client: JiraClient,
  parentKeys: readonly string[],
): Promise<ReadonlyMap<string, readonly BareIssue[]>> => {
  if (parentKeys.length === 0) return new Map();
  const question = { jql: childrenJql(parentKeys), fields: relativeFields };
  const { issues } = await search(client, question, maxChildren);
  const children = new Map<string, BareIssue[]>();
  for (const issue of issues) {
    const key = relativeFieldsSchema.safeParse(issue.fields).data?.parent?.key ?? "";
    children.set(key, [...(children.get(key) ?? []), issue]);
  }
  return children;
};

const relativesOf = (
  issue: Issue,
  found: ReadonlyMap<string, BareIssue>,
  children: ReadonlyMap<string, readonly BareIssue[]>,
): readonly Relative[] => {
  const { parent } = issue.fields;
  const linkedAs = (relation: Relative["relation"]) => (linked: LinkedIssue) =>
    toRelative(found.get(linked.id) ?? bare(linked), relation);
  const parentKey = parent === null || parent === undefined ? "" : (found.get(parent.id)?.key ?? parent.key);
  return [
    ...(parent === null || parent === undefined ? [] : [linkedAs("parent")(parent)]),
    ...(children.get(parentKey) ?? [])
      .filter(({ id }) => id !== issue.id)
      .slice(0, maxSiblings)
      .map((sibling) => toRelative(sibling, "sibling")),
    ...relatedIssues(issue).slice(0, maxRelated).map(linkedAs("related")),
  ];
};

/** What the link itself tells, of an issue that our user may not read. */
const bare = ({ id, key, fields = {} }: LinkedIssue): BareIssue => ({ id, key, fields });

const toRelative = ({ key, fields }: BareIssue, relation: Relative["relation"]): Relative => {
  const { data } = relativeFieldsSchema.safeParse(fields);
  const description = adfToMarkdown(data?.description);
  return {
    identifier: key,
    title: data?.summary ?? key,
    relation,
    ...(description === "" ? {} : { description: shorten(description) }),
  };
};

const shorten = (text: string): string =>
  text.length <= maxDescription ? text : `${text.slice(0, maxDescription)}\n… (cut)`;
