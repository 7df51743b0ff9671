import { describe, expect, it } from "vitest";
import { aTime } from "../testing/builders.ts";
import { minutes, seconds } from "../time.ts";
import { remarksWindow, type Sight } from "./remarks-window.ts";

/** A forge whose clock is far from ours. */
const change = aTime - minutes(300);
const sight = (overrides: Partial<Sight> = {}): Sight => ({
  seenUpTo: undefined,
  changedAt: change,
  knownSince: aTime,
  ...overrides,
});

describe("what of the remarks is read (§12)", () => {
  it("is everything at the first look, and what was said since the last one afterwards", () => {
    expect(remarksWindow(sight(), change, aTime)?.since).toBeNull();
    const seenUpTo = change - minutes(5);
    expect(remarksWindow(sight({ seenUpTo }), change, aTime)?.since).toBe(seenUpTo);
  });

  it("is nothing once a change was seen and none came after it", () => {
    expect(remarksWindow(sight({ seenUpTo: change }), change, aTime)).toBeNull();
  });

  it("is read again while more may come in the same second, whatever the forge's clock shows", () => {
    for (const passed of [0, seconds(29)]) {
      const window = remarksWindow(sight(), change, aTime + passed);
      expect(window?.seenUpTo).toBe(change - minutes(1));
      expect(remarksWindow(sight({ seenUpTo: window?.seenUpTo }), change, aTime + passed)).not.toBeNull();
    }
    expect(remarksWindow(sight(), change, aTime + seconds(30))?.seenUpTo).toBe(change);
    const other = remarksWindow(sight({ changedAt: change - seconds(1) }), change, aTime + minutes(9));
    expect(other?.seenUpTo).toBe(change - minutes(1));
  });

  it("misses nothing of a forge whose clock was wrong and is put right", () => {
    const year2099 = Date.UTC(2099, 0, 1);
    const seen = sight({ seenUpTo: year2099, changedAt: year2099 });
    expect(remarksWindow(seen, change, aTime)).toEqual({ since: null, seenUpTo: change - minutes(1) });
  });

  it("is asked for each time of a forge that does not say when something changed", () => {
    expect(remarksWindow(sight(), undefined, aTime)).toEqual({ since: null, seenUpTo: undefined });
  });
});
