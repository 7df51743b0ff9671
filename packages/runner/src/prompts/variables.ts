import type { Work } from "../work.ts";
import type { Fence } from "./fence.ts";

/** The variables of §10.2, in the values that a prompt may hold: what people wrote in a ticket stands in a fence. */
export const promptVariables = ({ ticket, revision }: Work, fence: Fence): ReadonlyMap<string, string> => {
  const relatives = (relation: "parent" | "sibling" | "related", name: string): string => {
    const texts = ticket.relatives
      .filter((relative) => relative.relation === relation)
      .map(({ identifier, title, description = "" }) => `${identifier}: ${title}\n${description}`.trim());
    return texts.length === 0 ? "none" : fence.block(name, texts.join("\n\n"));
  };
  return new Map([
    ["ISSUE_IDENTIFIER", plainOrFenced(ticket.identifier, fence)],
    ["ISSUE_TITLE", fence.inline(ticket.title)],
    ["ISSUE_DESCRIPTION", fence.block("description", ticket.description)],
    ["ISSUE_ID", plainOrFenced(ticket.id, fence)],
    // Only a revise run starts from a pull request.
    ["PR_NUMBER", revision === undefined ? "" : String(revision.pullRequest)],
    ["PARENT", relatives("parent", "parent")],
    ["SIBLINGS", relatives("sibling", "siblings")],
    ["DEPENDENCIES", relatives("related", "dependencies")],
  ]);
};

/** A tracker makes its ids itself; one that is more than an id is text like any other. */
const plainOrFenced = (id: string, fence: Fence): string =>
  /^[\w.-]{1,60}$/.test(id) ? id : fence.inline(id);

/** One pass: what a value brings along is not looked at again. Unknown variables stay as written. */
export const substitute = (template: string, variables: ReadonlyMap<string, string>): string =>
  template.replace(/\$\{([A-Z_]+)\}/g, (written, name: string) => variables.get(name) ?? written);
