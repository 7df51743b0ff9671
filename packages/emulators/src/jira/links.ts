import type { LinkType } from "./model.ts";
import type { JiraStore } from "./store.ts";

/** From blocks to: `from` shows it as outward, `to` as inward. A link that is there already is left as it is. */
export const linkIssues = (store: JiraStore, type: LinkType, fromId: string, toId: string): void => {
  const from = store.issue(fromId);
  const to = store.issue(toId);
  if (from === null || to === null) throw new Error(`There is no issue ${from === null ? fromId : toId}`);
  const exists = from.links.some(
    (link) => link.type.id === type.id && link.direction === "outward" && link.otherId === toId,
  );
  if (exists) return;
  const id = String(store.nextNumber("link", 10_000));
  store.update(fromId, { links: [...from.links, { id, type, direction: "outward", otherId: toId }] });
  store.update(toId, { links: [...to.links, { id, type, direction: "inward", otherId: fromId }] });
};
