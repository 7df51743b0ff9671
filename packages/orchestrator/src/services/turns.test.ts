import { describe, expect, it } from "vitest";
import { createTurns } from "./turns.ts";

const someWork = () => {
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const work = (name: string) => (): Promise<string> => {
    begun.push(name);
    return new Promise((resolve) => ends.push(() => resolve(name)));
  };
  return { ends, begun, work };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("turns of one repository or pull request", () => {
  it("do not overlap; all who come while one waits share its answer", async () => {
    const turns = createTurns<string>();
    const { ends, begun, work } = someWork();
    const first = turns.take("shop", work("first"));
    await settled();
    const later = ["second", "third", "fourth"].map((name) => turns.take("shop", work(name)));
    await settled();
    expect(begun).toEqual(["first"]);
    ends.shift()?.();
    expect(await first).toBe("first");
    await settled();
    expect(begun).toEqual(["first", "second"]);
    ends.shift()?.();
    expect(await Promise.all(later)).toEqual(["second", "second", "second"]);
    const last = turns.take("shop", work("last"));
    await settled();
    ends.shift()?.();
    expect(await last).toBe("last");
  });

  it("are nobody else's: another repository does not wait", async () => {
    const turns = createTurns<string>();
    const { begun, work } = someWork();
    void turns.take("shop", work("shop"));
    void turns.take("till", work("till"));
    await settled();
    expect(begun).toEqual(["shop", "till"]);
  });

  it("that fail, fail for who asked, and the next one begins", async () => {
    const turns = createTurns<string>();
    const failing = turns.take("shop", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await turns.take("shop", async () => "yes")).toBe("yes");
  });
});
