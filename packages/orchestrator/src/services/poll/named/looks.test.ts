import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hours, minutes, seconds } from "../../../core/time.ts";
import { type Concern, createNamedLooks, type NamedLooks } from "./looks.ts";

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

  const want = (tickets: readonly string[], concern: Concern = "mark") => looks.want(tickets, concern);
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
    want([name(2), name(1)]);
    await pass(49);
    want([name(3), name(2)]);
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
    want([name(1)]);
    expect(told).not.toHaveBeenCalled();
    await pass(50);
    expect(told).toHaveBeenCalledOnce();
  });

  it("is not woken by nothing", async () => {
    want([]);
    await pass(minutes(1));
    expect(await isDue()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is at most fifty tickets at a time: what a vendor answers for in one request", async () => {
    want(names(120));
    await pass(50);
    expect(takeAll()).toEqual([names(50), names(50, 50), names(20, 100)]);
  });

  it("is thirty at once, and then one in six seconds, names gathering meanwhile", async () => {
    let made = 0;
    for (let n = 0; n < 40; n += 1) {
      want([name(n)]);
      await pass(50);
      made += takeAll().length;
    }
    expect(made).toBe(30);
    // The first was taken after 50 ms, and its place comes back six seconds after that.
    await pass(seconds(6) + 50 - 50 * 40);
    expect(takeAll().flat()).toEqual(names(10, 30));
    want([name(99)]);
    await pass(seconds(6) - 1);
    expect(await isDue()).toBe(false);
    await pass(1);
    expect(await isDue()).toBe(true);
  });

  it("never adds up to more than thirty at once, however long it was quiet", async () => {
    await pass(hours(1));
    want(names(1_000));
    await pass(50);
    expect(takeAll()).toHaveLength(20);
    await pass(hours(1));
    want(names(1_000));
    await pass(50);
    expect(takeAll()).toHaveLength(20);
    want(names(1_000));
    await pass(50);
    expect(takeAll()).toHaveLength(10);
  });

  it("becomes a look at everything when more than a thousand are named", async () => {
    want(names(1_000));
    want([name(1_000)]);
    want([name(2_000)]);
    await pass(50);
    expect(await isDue()).toBe(true);
    expect(looks.take()).toBe("everything");
    expect(looks.take()).toEqual([]);
    want([name(1)]);
    await pass(50);
    expect(looks.take()).toEqual([name(1)]);
  });

  it("is at everything three times at once, and then once a minute", async () => {
    let made = 0;
    const floodFor = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 100) {
        want(names(1_001));
        await pass(100);
        if (looks.take() === "everything") made += 1;
      }
    };
    await floodFor(seconds(10));
    expect(made).toBe(3);
    await floodFor(minutes(10));
    expect(made).toBe(13);
  });

  /** So many looks, of one ticket each, as quickly as they come; how many of them were made. */
  const flood = async (count: number, concern: Concern, from = 1_000): Promise<number> => {
    let made = 0;
    for (let n = 0; n < count; n += 1) {
      want([name(from + n)], concern);
      await pass(50);
      made += takeAll().length;
    }
    return made;
  };

  it("leaves twenty of the thirty to marks: echoes of our own writes wait, and a person does not", async () => {
    expect(await flood(40, "other")).toBe(10);
    expect(await isDue()).toBe(false);
    want([name(1)], "mark");
    await pass(50);
    expect(await isDue()).toBe(true);
    expect(looks.take()).toEqual([name(1), ...names(30, 1_010)]);
    expect(await flood(40, "mark")).toBe(19);
  });

  it("takes others along where there is room, and marks first", async () => {
    want(names(30), "other");
    want(names(40, 20), "mark");
    await pass(50);
    expect(takeAll()).toEqual([[...names(40, 20), ...names(10)], names(10, 10)]);
  });

  it("lets others have one in six seconds again once marks have left enough", async () => {
    expect(await flood(30, "mark")).toBe(30);
    want([name(1)], "other");
    await pass(20 * seconds(6));
    expect(await isDue()).toBe(false);
    await pass(seconds(6));
    expect(takeAll()).toEqual([[name(1)]]);
  });

  it("is at everything for others only when all of it is there", async () => {
    expect(await flood(5, "mark")).toBe(5);
    want(names(1_001), "other");
    await pass(4 * seconds(6));
    expect(await isDue()).toBe(false);
    want(names(3), "mark");
    await pass(50);
    expect(looks.take()).toEqual(names(3));
    await pass(3 * seconds(6));
    expect(looks.take()).toBe("everything");
  });

  it("does not follow a full look that was made anyway for those that could not be kept; the others stay named", async () => {
    want(names(1_001));
    looks.fullLookBegins();
    await pass(50);
    expect(await isDue()).toBe(false);
    want([name(1)]);
    looks.fullLookBegins();
    await pass(50);
    expect(looks.take()).toEqual([name(1)]);
  });

  it("leaves no timer behind when it is stopped, and takes no more names", async () => {
    want(names(2));
    await pass(50);
    takeAll();
    want([name(3)]);
    looks.stop();
    want([name(4)]);
    expect(vi.getTimerCount()).toBe(0);
    expect(await isDue()).toBe(false);
  });
});
