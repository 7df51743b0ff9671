import { describe, expect, it } from "vitest";
import type { MarkNews, TicketNews } from "../../ports/tracker-webhook.ts";
import type { Watched, WatchedTicket } from "../poll/watch-list.ts";
import { relevantTickets } from "./relevant-tickets.ts";

const ticket = (...blockedBy: readonly string[]): WatchedTicket => ({ tracker: "linear", blockedBy });
const named = (identifier: string, mark: MarkNews = "none"): TicketNews => ({
  id: `linear:${identifier}`,
  identifier,
  mark,
});

const watched: Watched = new Map([
  ["linear:ACME-1", ticket()],
  ["linear:ACME-2", ticket("ACME-1", "ACME-9")],
  ["linear:ACME-3", ticket("ACME-9")],
  ["jira:7", { tracker: "jira", blockedBy: ["ACME-9"] }],
]);

describe("news of a tracker (§7.2) matters", () => {
  it.each([
    ["when a mark was put on, known or not", [named("NEW-1", "put")], { "linear:NEW-1": "mark" }],
    ["when a mark was put back", [named("ACME-3", "put")], { "linear:ACME-3": "mark" }],
    ["when the mark of one that we know was taken", [named("ACME-3", "taken")], { "linear:ACME-3": "mark" }],
    ["less when it is marked as before", [named("NEW-1", "kept")], { "linear:NEW-1": "other" }],
    [
      "less when we know it, with what it blocks",
      [named("ACME-1")],
      { "linear:ACME-1": "other", "linear:ACME-2": "other" },
    ],
    [
      "to what it blocks, marked itself or not",
      [named("ACME-9", "taken")],
      { "linear:ACME-2": "other", "linear:ACME-3": "other" },
    ],
    [
      "once, by the more urgent of its concerns",
      [named("ACME-2"), named("ACME-2", "put"), named("ACME-1")],
      { "linear:ACME-2": "mark", "linear:ACME-1": "other" },
    ],
    ["to nobody when it is about a stranger's ticket", [named("OTHER-1")], {}],
    ["to nobody when a stranger's ticket is not marked now", [named("OTHER-1", "taken")], {}],
    ["to nobody when it names nothing", [], {}],
  ])("%s", (_, tickets, expected) => {
    expect(Object.fromEntries(relevantTickets(tickets, watched))).toEqual(expected);
  });

  it("whatever it is, before the first look: nothing is known yet", () => {
    const strangers = [named("OTHER-1"), named("OTHER-2", "taken")];
    expect([...relevantTickets(strangers, null)]).toEqual([
      ["linear:OTHER-1", "other"],
      ["linear:OTHER-2", "mark"],
    ]);
    expect([...relevantTickets(strangers, new Map())]).toEqual([]);
  });
});
