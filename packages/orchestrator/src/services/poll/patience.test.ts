import { describe, expect, it } from "vitest";
import { withPatience } from "./patience.ts";

describe("work at a vendor that hangs (§9: no vendor may stall the poll)", () => {
  const scene = (patienceMs: number) => {
    const begun: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
    const late: unknown[] = [];
    const work = withPatience(() => new Promise<void>((end, fail) => void begun.push({ end, fail })), {
      patienceMs,
      onLateError: (error) => void late.push(error),
    });
    return { begun, late, work };
  };

  it("is waited for as long as patience lasts, and its error is the caller's", async () => {
    const { begun, late, work } = scene(60_000);
    const waiting = work();
    begun[0]?.end();
    await waiting;
    const failing = work();
    begun[1]?.fail(new Error("disk I/O error"));
    await expect(failing).rejects.toThrow("disk I/O error");
    expect(late).toEqual([]);
  });

  it("is waited for once, not begun twice, and begun anew once it has ended", async () => {
    const { begun, late, work } = scene(1);
    await work();
    await work();
    expect(begun).toHaveLength(1);
    begun[0]?.fail(new Error("at last"));
    await expect.poll(() => late).toEqual([new Error("at last")]);
    await work();
    expect(begun).toHaveLength(2);
  });
});
