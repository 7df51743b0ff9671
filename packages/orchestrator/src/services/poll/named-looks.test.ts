import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hours, minutes, seconds } from "../../core/time.ts";
import { createNamedLooks, type NamedLooks } from "./named-looks.ts";

const name = (n: number): string => `linear:${n}`;
const names = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => name(from + index));

describe("the pace of looks by name (§7.2)", () => {
  let looks: NamedLooks;
  beforeEach(() => {
    vi.useFakeTimers();
    looks = createNamedLooks();
  });
  afterEach(() => void vi.useRealTimers());

  const isDue = async (): Promise<boolean> => {
    let due = false;
    void looks.due().then(() => {
      due = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    return due;
  };
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** Until nothing is due any more. */
  const takeAll = () => {
    const taken: ReturnType<NamedLooks["take"]>[] = [];
    for (let look = looks.take(); look.length > 0; look = looks.take()) taken.push(look);
    return taken;
  };

  it("gathers what comes within 50 ms, each ticket once, first named first", async () => {
    looks.want([name(2), name(1)]);
    await pass(49);
    looks.want([name(3), name(2)]);
    expect(await isDue()).toBe(false);
    expect(looks.take()).toEqual([]);
    await pass(1);
    expect(await isDue()).toBe(true);
    expect(takeAll()).toEqual([[name(2), name(1), name(3)]]);
    expect(await isDue()).toBe(false);
  });

  it("tells whoever waits for it when it is due", async () => {
    const told = vi.fn();
    void looks.due().then(told);
    looks.want([name(1)]);
    expect(told).not.toHaveBeenCalled();
    await pass(50);
    expect(told).toHaveBeenCalledOnce();
  });

  it("is not woken by nothing", async () => {
    looks.want([]);
    await pass(minutes(1));
    expect(await isDue()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is at most fifty tickets at a time: what a vendor answers for in one request", async () => {
    looks.want(names(120));
    await pass(50);
    expect(takeAll()).toEqual([names(50), names(50, 50), names(20, 100)]);
  });

  it("is thirty at once, and then one in six seconds, names gathering meanwhile", async () => {
    let made = 0;
    for (let n = 0; n < 40; n += 1) {
      looks.want([name(n)]);
      await pass(50);
      made += takeAll().length;
    }
    expect(made).toBe(30);
    // The first was taken after 50 ms, and its place comes back six seconds after that.
    await pass(seconds(6) + 50 - 50 * 40);
    expect(takeAll().flat()).toEqual(names(10, 30));
    looks.want([name(99)]);
    await pass(seconds(6) - 1);
    expect(await isDue()).toBe(false);
    await pass(1);
    expect(await isDue()).toBe(true);
  });

  it("never adds up to more than thirty at once, however long it was quiet", async () => {
    await pass(hours(1));
    looks.want(names(1_000));
    await pass(50);
    expect(takeAll()).toHaveLength(20);
    await pass(hours(1));
    looks.want(names(1_000));
    await pass(50);
    expect(takeAll()).toHaveLength(20);
    looks.want(names(1_000));
    await pass(50);
    expect(takeAll()).toHaveLength(10);
  });

  it("becomes a look at everything when more than a thousand are named", async () => {
    looks.want(names(1_000));
    looks.want([name(1_000)]);
    looks.want([name(2_000)]);
    await pass(50);
    expect(await isDue()).toBe(true);
    expect(looks.take()).toBe("everything");
    expect(looks.take()).toEqual([]);
    looks.want([name(1)]);
    await pass(50);
    expect(looks.take()).toEqual([name(1)]);
  });

  it("is at everything three times at once, and then once a minute", async () => {
    let made = 0;
    const flood = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 100) {
        looks.want(names(1_001));
        await pass(100);
        if (looks.take() === "everything") made += 1;
      }
    };
    await flood(seconds(10));
    expect(made).toBe(3);
    await flood(minutes(10));
    expect(made).toBe(13);
  });

  it("does not follow a full look that was made anyway for those that could not be kept; the others stay named", async () => {
    looks.want(names(1_001));
    looks.fullLookBegins();
    await pass(50);
    expect(await isDue()).toBe(false);
    looks.want([name(1)]);
    looks.fullLookBegins();
    await pass(50);
    expect(looks.take()).toEqual([name(1)]);
  });

  it("leaves no timer behind when it is stopped, and takes no more names", async () => {
    looks.want(names(2));
    await pass(50);
    takeAll();
    looks.want([name(3)]);
    looks.stop();
    looks.want([name(4)]);
    expect(vi.getTimerCount()).toBe(0);
    expect(await isDue()).toBe(false);
  });
});
