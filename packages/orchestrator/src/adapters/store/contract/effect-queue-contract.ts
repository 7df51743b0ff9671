import { describe, expect, it } from "vitest";
import { setStage } from "../../../core/runs/effects.ts";
import { aRun, aTime } from "../../../core/testing/builders.ts";
import { minutes } from "../../../core/time.ts";
import { aComment, admissionOf } from "./builders.ts";
import { describeLanes } from "./lane-property.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const hold = minutes(1);

export const describeEffectQueue = (makeDatabase: MakeDatabase): void => {
  describe("delivery of effects (§9)", () => {
    const harness = useStore(makeDatabase);
    const take = async (now = aTime, limit = 10) => harness.store.effects.take(now, now + hold, limit);
    const topics = async (now = aTime, limit = 10) =>
      (await take(now, limit)).map(({ key }) => key.split(":").slice(2).join(":") || key.split(":")[0]);
    const record = (...names: string[]) =>
      harness.store.commit({ effects: names.map((name) => aComment(name)) });
    const only = async (now = aTime) => {
      const [effect] = await take(now);
      if (effect === undefined) throw new Error("no effect is due");
      return effect;
    };

    it("gives the whole record of an effect", async () => {
      const intent = setStage(aRun(), "implementing");
      await harness.store.commit({ effects: [intent] });
      const { id, ...rest } = await only();
      expect(id).toBeGreaterThan(0);
      expect(rest).toEqual({
        ...intent,
        receiver: "tracker:linear",
        attempts: 1,
        createdAt: aTime,
        lastError: null,
      });
    });

    it("goes in order within a ticket and receiver: the second only after the first", async () => {
      await record("one", "two");
      const first = await only();
      expect(await topics(aTime + 1)).toEqual([]);
      await harness.store.commit({ deliveredEffects: [{ id: first.id, at: aTime }] });
      expect(await topics(aTime + 1)).toEqual(["two"]);
    });

    it("goes at the same time to different receivers and tickets", async () => {
      const [one, two] = [admissionOf(), admissionOf({ n: 2 })];
      await harness.store.commit({ effects: [...one.effects, ...two.effects] });
      expect((await take()).map(({ receiver, ticketId }) => `${receiver} ${ticketId}`)).toEqual([
        "executor:process linear:ACME-1",
        "tracker:linear linear:ACME-1",
        "executor:process linear:ACME-2",
        "tracker:linear linear:ACME-2",
      ]);
    });

    it("counts no attempt that was none: a receiver that was not asked did nothing (§9)", async () => {
      await record("one");
      await harness.store.effects.postpone((await only()).id, aTime, "429", false);
      expect(await only()).toMatchObject({ attempts: 1, lastError: "429" });
    });

    it("takes no more than was asked for, the oldest first", async () => {
      const effects = [3, 2, 1].map((n) => aComment(`of ${n}`, admissionOf({ n }).run));
      await harness.store.commit({ effects });
      expect(await topics(aTime, 2)).toEqual(["of 3", "of 2"]);
      expect(await topics(aTime, 2)).toEqual(["of 1"]);
    });

    it("takes as many for each receiver: a long queue at one hides nothing of another (§9)", async () => {
      await harness.store.commit({
        effects: [1, 2, 3].flatMap((n) => [aComment("of linear", admissionOf({ n }).run)]),
      });
      await harness.store.commit({ effects: admissionOf({ n: 4 }).effects });
      const taken = await harness.store.effects.take(aTime, aTime + hold, 1);
      expect(taken.map(({ receiver }) => receiver)).toEqual(["tracker:linear", "executor:process"]);
    });

    it("takes for some receivers only when asked to, and says when theirs are due (§9)", async () => {
      const { effects } = harness.store;
      await harness.store.commit({ effects: admissionOf().effects });
      const taken = await effects.take(aTime, aTime + hold, 10, ["executor:process", "forge:local"]);
      expect(taken.map(({ receiver }) => receiver)).toEqual(["executor:process"]);
      expect(await effects.nextDue(["executor:process"])).toBe(aTime + hold);
      expect(await effects.nextDue(["tracker:linear"])).toBe(aTime);
      expect(await effects.nextDue(["forge:local"])).toBeNull();
    });

    it("waits as a lane while its head is postponed, and remembers why", async () => {
      await record("one", "two");
      await harness.store.effects.postpone((await only()).id, aTime + 500, "429", true);
      expect(await topics(aTime + 499)).toEqual([]);
      expect(await only(aTime + 500)).toMatchObject({ attempts: 2, lastError: "429" });
    });

    it("goes on past an effect that is given up", async () => {
      await record("one", "two");
      await harness.store.effects.abandon((await only()).id, aTime, "404");
      expect(await topics(aTime)).toEqual(["two"]);
      expect((await harness.store.effects.overdue(aTime + 1, 10)).map(({ key }) => key)).toEqual([
        aComment("two").key,
      ]);
    });

    it("gives an effect again when its holder has died", async () => {
      await record("one");
      await take();
      expect(await topics(aTime + hold - 1)).toEqual([]);
      expect(await only(aTime + hold)).toMatchObject({ attempts: 2 });
    });

    it("gives back at start what a dead process held", async () => {
      await record("one");
      await take();
      await harness.store.effects.releaseAll();
      expect(await only(aTime)).toMatchObject({ attempts: 2 });
    });

    it("keeps what a restart finds undelivered, in its order", async () => {
      await record("one", "two");
      await harness.reopen();
      const first = await only();
      await harness.store.commit({ deliveredEffects: [{ id: first.id, at: aTime }] });
      await harness.reopen();
      expect(await topics()).toEqual(["two"]);
    });

    it("never goes again once delivered, whatever comes after", async () => {
      await record("one");
      const { id } = await only();
      await harness.store.commit({ deliveredEffects: [{ id, at: aTime }] });
      await harness.store.effects.postpone(id, aTime, "a late answer", true);
      await harness.store.effects.abandon(id, aTime, "a late answer");
      await harness.store.effects.releaseAll();
      await record("one");
      expect(await topics(aTime + minutes(60))).toEqual([]);
    });

    it("says when the next one is due, held ones included", async () => {
      const { effects } = harness.store;
      expect(await effects.nextDue()).toBeNull();
      await record("one", "two");
      expect(await effects.nextDue()).toBe(aTime);
      const { id } = await only();
      expect(await effects.nextDue()).toBe(aTime + hold);
      await effects.postpone(id, aTime + 5, "429", true);
      expect(await effects.nextDue()).toBe(aTime + 5);
      await effects.abandon(id, aTime, "404");
      await effects.abandon((await only()).id, aTime, "404");
      expect(await effects.nextDue()).toBeNull();
    });

    it("shows what is overdue, the oldest first, delivered ones not", async () => {
      await record("one", "two", "three");
      harness.now = aTime + minutes(10);
      await record("four");
      await harness.store.commit({ deliveredEffects: [{ id: (await only()).id, at: aTime }] });
      const overdue = async (before: number, limit = 10) =>
        (await harness.store.effects.overdue(before, limit)).map(({ key }) => key.split(":").at(-1));
      expect(await overdue(aTime + minutes(10))).toEqual(["two", "three"]);
      expect(await overdue(aTime + minutes(10), 1)).toEqual(["two"]);
      expect(await overdue(aTime)).toEqual([]);
    });

    it("gives no effect to two takers at once", async () => {
      await harness.store.commit({
        effects: Array.from({ length: 30 }, (_, n) => aComment("one", admissionOf({ n }).run)),
      });
      const taken = (await Promise.all([take(aTime, 20), take(aTime, 20), take(aTime, 20)])).flat();
      expect(new Set(taken.map(({ id }) => id)).size).toBe(30);
      expect(taken).toHaveLength(30);
    });

    describeLanes(makeDatabase);
  });
};
