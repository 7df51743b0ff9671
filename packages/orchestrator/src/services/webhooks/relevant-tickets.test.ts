import { describe, expect, it } from "vitest";
import type { Watched, WatchedTicket } from "../poll/watch-list.ts";
import { relevantTickets } from "./relevant-tickets.ts";

const ticket = (...blockedBy: readonly string[]): WatchedTicket => ({ tracker: "linear", blockedBy });
const named = (identifier: string, concernsMark = false) => ({
  id: `linear:${identifier}`,
  identifier,
  concernsMark,
});

const watched: Watched = new Map([
  ["linear:ACME-1", ticket()],
  ["linear:ACME-2", ticket("ACME-1", "ACME-9")],
  ["linear:ACME-3", ticket("ACME-9")],
  ["jira:7", { tracker: "jira", blockedBy: ["ACME-9"] }],
]);

describe("news of a tracker (§7.2) matters", () => {
  it.each([
    ["when its mark is concerned, whether we know it or not", [named("NEW-1", true)], ["linear:NEW-1"]],
    ["when we know it, with what it blocks", [named("ACME-1")], ["linear:ACME-1", "linear:ACME-2"]],
    ["to what it blocks, marked itself or not", [named("ACME-9")], ["linear:ACME-2", "linear:ACME-3"]],
    ["once, however often it is named", [named("ACME-2"), named("ACME-2", true)], ["linear:ACME-2"]],
    ["to nobody when it is about a stranger's ticket", [named("OTHER-1")], []],
    ["to nobody when it names nothing", [], []],
  ])("%s", (_, tickets, expected) => {
    expect(relevantTickets(tickets, watched)).toEqual(expected);
  });

  it("whatever it is, before the first look: nothing is known yet", () => {
    expect(relevantTickets([named("OTHER-1")], null)).toEqual(["linear:OTHER-1"]);
    expect(relevantTickets([named("OTHER-1")], new Map())).toEqual([]);
  });
});
