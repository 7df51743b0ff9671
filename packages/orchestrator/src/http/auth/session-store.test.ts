import { describe, expect, it } from "vitest";
import { createMemorySessions } from "./session-store.ts";

describe("Sessions in memory (§11.9)", () => {
  it("hold until they expire, are removed, or newer ones need the room", async () => {
    const sessions = createMemorySessions(2);
    await sessions.put("a", 100);
    await sessions.put("b", 200);
    expect(await sessions.has("a", 99)).toBe(true);
    await sessions.put("c", 300);
    expect(await sessions.has("a", 99)).toBe(false);
    expect(await sessions.has("b", 200)).toBe(false);
    await sessions.remove("c");
    await sessions.remove("never there");
    expect(await sessions.has("c", 99)).toBe(false);
  });
});
