import { pathToFileURL } from "node:url";
import type { TicketLookup } from "../../../core/reconcile/reconcile-ticket.ts";
import type { Blocker, Relative, Ticket } from "../../../core/ticket.ts";
import { claimKey } from "./claims.ts";
import type { FolderContents, FolderTicket } from "./folder-reader.ts";
import { effectiveWord, meaningOf } from "./status.ts";
import { ticketIdOf } from "./ticket-folder.ts";

const maxSiblings = 20;
/** Relatives are context for the agent, not its task; in UTF-16 code units. */
const maxRelativeDescription = 2_000;

/** A ticket file in the core's words (§5.2). Pure. */
export const toTicket = (
  contents: FolderContents,
  { file, stamp, text, sidecar }: FolderTicket,
  scope: string,
): NonNullable<TicketLookup> => {
  const { fields, description } = text;
  const meaning = meaningOf(effectiveWord(sidecar, fields.status));
  const ticket: Ticket = {
    id: ticketIdOf(contents.folder.path, fields.id),
    tracker: "folder",
    identifier: fields.id,
    title: fields.title,
    description,
    url: pathToFileURL(file).href,
    scope,
    stage: meaning.kind === "unmarked" ? "marked" : meaning.stage,
    lifecycle: meaning.kind === "closed" ? meaning.lifecycle : "active",
    planApproved: meaning.kind === "marked" && meaning.planApproved,
    blockedBy: openBlockers(contents, fields.blocked_by),
    priority: fields.priority,
    createdAt:
      fields.created ?? (stamp.bornAt > 0 ? Math.min(stamp.bornAt, stamp.modifiedAt) : stamp.modifiedAt),
    updatedAt: stamp.modifiedAt,
    relatives: relativesOf(contents, fields),
  };
  return { marked: meaning.kind === "marked", ticket };
};

/** What is not known to be finished still blocks: a misspelt id is seen, not skipped. */
const openBlockers = (contents: FolderContents, ids: readonly string[]): readonly Blocker[] =>
  ids.flatMap((identifier) => {
    const blocker = contents.tickets.get(identifier);
    if (blocker === undefined) {
      const state = contents.unreliable.has(claimKey(identifier)) ? "cannot be read" : "not found";
      return [{ identifier, state }];
    }
    const word = effectiveWord(blocker.sidecar, blocker.text.fields.status);
    return meaningOf(word).kind === "closed" ? [] : [{ identifier, state: word || "no status" }];
  });

const relativesOf = (
  { tickets }: FolderContents,
  { id, parent }: { readonly id: string; readonly parent?: string | undefined },
): readonly Relative[] => {
  if (parent === undefined) return [];
  const siblings = [...tickets.values()]
    .filter(({ text: { fields } }) => fields.parent === parent && fields.id !== id)
    .slice(0, maxSiblings);
  return [
    ...[tickets.get(parent)].flatMap((ticket) => (ticket === undefined ? [] : [relative(ticket, "parent")])),
    ...siblings.map((ticket) => relative(ticket, "sibling")),
  ];
};

const relative = ({ text }: FolderTicket, relation: Relative["relation"]): Relative => ({
  identifier: text.fields.id,
  title: text.fields.title,
  relation,
  ...(text.description === "" ? {} : { description: shorten(text.description) }),
});

const shorten = (text: string): string =>
  text.length <= maxRelativeDescription ? text : `${text.slice(0, maxRelativeDescription)}\n… (cut)`;
