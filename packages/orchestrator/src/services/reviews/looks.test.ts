import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hours, minutes, seconds } from "../../core/time.ts";
import { createLooks, type Looks } from "./looks.ts";

describe("looks that many want at once (§9, §12)", () => {
  /** Subjects of the looks that began, oldest first. */
  let begun: string[];
  /** What each look waits for before it ends. */
  let look: (subject: string) => Promise<void>;
  let errors: unknown[];
  let looks: Looks<string>;
  beforeEach(() => {
    vi.useFakeTimers();
    begun = [];
    errors = [];
    look = async () => undefined;
    looks = createLooks({
      look: (subject) => {
        begun.push(subject);
        return look(subject);
      },
      onError: (subject, error) => void errors.push([subject, error]),
    });
  });
  afterEach(() => {
    looks.stop();
    vi.useRealTimers();
  });

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** The next look ends when it is told to. */
  const holdNext = () => {
    let end: (error?: Error) => void = () => undefined;
    look = () => {
      look = async () => undefined;
      return new Promise((resolve, reject) => {
        end = (error) => (error === undefined ? resolve() : reject(error));
      });
    };
    return { end: (error?: Error) => end(error) };
  };

  it("are one where they come together: a click of a person is several webhooks", async () => {
    for (let n = 0; n < 10; n += 1) looks.soon("#7", `webhook ${n}`);
    await pass(50);
    expect(begun).toEqual(["webhook 0"]);
  });

  it("of one pull request leave more and more time between them while it is flooded", async () => {
    const at: number[] = [];
    for (let n = 0; n < 1_200; n += 1) {
      looks.soon("#7", "flooded");
      await pass(100);
      if (begun.length > at.length) at.push(n / 10);
    }
    const gaps = at.slice(1).map((time, index) => Math.round(time - (at[index] ?? 0)));
    expect(gaps).toEqual([3, 6, 12, 24, 30, 30]);
  });

  it("of other pull requests are not held up by a flood", async () => {
    for (let n = 0; n < 100; n += 1) {
      looks.soon("#7", "flooded");
      await pass(100);
    }
    looks.soon("#8", "quiet");
    await pass(50);
    expect(begun.at(-1)).toBe("quiet");
  });

  it("come at once again after a rest", async () => {
    looks.soon("#7", "first");
    await pass(minutes(1));
    looks.soon("#7", "second");
    await pass(50);
    expect(begun).toEqual(["first", "second"]);
  });

  it("are not put off for longer where the machine's clock was put back", async () => {
    looks.soon("#7", "first");
    await pass(100);
    vi.setSystemTime(Date.now() - hours(5));
    looks.soon("#7", "second");
    await pass(seconds(3));
    expect(begun).toEqual(["first", "second"]);
  });

  it("see what came after the one under way had begun: another one follows it", async () => {
    const held = holdNext();
    looks.soon("#7", "first");
    await pass(50);
    looks.soon("#7", "second");
    await pass(minutes(1));
    expect(begun).toEqual(["first"]);
    held.end();
    await pass(0);
    expect(begun).toEqual(["first", "second"]);
  });

  it("that are waited for begin after the call, never two at a time, and end with what they threw", async () => {
    const held = holdNext();
    const first = looks.now("#7", "first");
    const failure = new Error("GitHub answers 503");
    const refused = expect(first).rejects.toBe(failure);
    await pass(0);
    const second = looks.now("#7", "second");
    await pass(0);
    expect(begun).toEqual(["first"]);
    held.end(failure);
    await refused;
    await second;
    expect(begun).toEqual(["first", "second"]);
    expect(errors).toEqual([]);
  });

  it("that a thousand wait for are one look more than the one at work (§11)", async () => {
    const held = holdNext();
    const first = looks.now("#7", "first");
    await pass(0);
    const others = Array.from({ length: 1_000 }, () => looks.now("#7", "the others"));
    const another = looks.now("#8", "another pull request");
    await pass(0);
    expect(begun).toEqual(["first", "another pull request"]);
    held.end();
    await Promise.all([first, another, ...others]);
    expect(begun).toEqual(["first", "another pull request", "the others"]);
  });

  it("that nobody waits for tell of their failure, and the next one is made all the same", async () => {
    const held = holdNext();
    looks.soon("#7", "first");
    await pass(50);
    held.end(new Error("GitHub answers 503"));
    looks.soon("#7", "second");
    await pass(seconds(3));
    expect(errors).toEqual([["first", new Error("GitHub answers 503")]]);
    expect(begun).toEqual(["first", "second"]);
  });

  it("end with the service: what waits is dropped, and nothing begins any more", async () => {
    looks.soon("#7", "first");
    looks.stop();
    looks.soon("#8", "second");
    await pass(minutes(1));
    expect(begun).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are left to the poll where more wait than memory is for", async () => {
    for (let n = 0; n < 1_500; n += 1) looks.soon(`#${n}`, `#${n}`);
    await pass(50);
    expect(begun).toHaveLength(1_000);
    await pass(minutes(1));
    expect(vi.getTimerCount()).toBe(0);
  });
});
