import fc from "fast-check";
import { expect, it } from "vitest";
import { destroyAttempt, type EffectIntent, postComment } from "../../../core/runs/effects.ts";
import { aRun, aRunId, aTicket, aTime } from "../../../core/testing/builders.ts";
import type { Instant } from "../../../core/time.ts";
import type { EffectRecord, Store } from "../../../ports/store.ts";
import type { MakeDatabase } from "./test-database.ts";

type Step =
  | { readonly kind: "commit"; readonly lanes: readonly number[] }
  | { readonly kind: "take"; readonly takers: number }
  | { readonly kind: "deliver" | "abandon"; readonly pick: number }
  | { readonly kind: "postpone"; readonly pick: number; readonly ms: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "restart" };

const holdMs = 100;
const pick = fc.nat(20);
const ms = fc.integer({ min: 0, max: 150 });
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("commit" as const), lanes: fc.array(fc.nat(3), { maxLength: 4 }) }),
  fc.record({ kind: fc.constant("take" as const), takers: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom("deliver" as const, "abandon" as const), pick }),
  fc.record({ kind: fc.constant("postpone" as const), pick, ms }),
  fc.record({ kind: fc.constant("wait" as const), ms }),
  fc.constant({ kind: "restart" as const }),
);

/** One effect as the plainest possible queue would keep it. */
interface Expected {
  readonly key: string;
  readonly lane: number;
  attempts: number;
  dueAt: Instant;
  heldUntil: Instant;
  settled: boolean;
}

/** Four lanes: two tickets with two receivers each. */
const intentOf = (lane: number, n: number): EffectIntent => {
  const run = aRun({ id: aRunId(n), ticket: aTicket({ identifier: `ACME-${lane % 2}` }) });
  return lane < 2 ? destroyAttempt(run) : postComment(run, "property", "Hello.");
};

class Model {
  now: Instant = aTime;
  readonly effects: Expected[] = [];
  /** What was taken and not yet settled, with the id that the store gave it. */
  readonly taken = new Map<string, number>();

  record(lanes: readonly number[]): readonly EffectIntent[] {
    return lanes.map((lane) => {
      const intent = intentOf(lane, this.effects.length + 1);
      this.effects.push({
        key: intent.key,
        lane,
        attempts: 0,
        dueAt: this.now,
        heldUntil: 0,
        settled: false,
      });
      return intent;
    });
  }

  heads(): readonly Expected[] {
    const pending = this.effects.filter(({ settled }) => !settled);
    return pending.filter((effect) => pending.find(({ lane }) => lane === effect.lane) === effect);
  }

  /** The heads of the lanes that are due and free, which are now held. */
  take(): readonly string[] {
    const due = this.heads().filter(({ dueAt, heldUntil }) => dueAt <= this.now && heldUntil <= this.now);
    for (const effect of due) {
      effect.attempts += 1;
      effect.heldUntil = this.now + holdMs;
    }
    return due.map(({ key, attempts }) => `${key} ${attempts}`);
  }

  nextDue(): Instant | null {
    const due = this.heads().map(({ dueAt, heldUntil }) => Math.max(dueAt, heldUntil));
    return due.length === 0 ? null : Math.min(...due);
  }

  /** One of the effects in hand, if there is any. */
  choose(choice: number): { readonly effect: Expected; readonly id: number } | null {
    const inHand = [...this.taken];
    const chosen = inHand[choice % Math.max(inHand.length, 1)];
    const effect = this.effects.find(({ key }) => key === chosen?.[0]);
    return chosen === undefined || effect === undefined ? null : { effect, id: chosen[1] };
  }

  settle(effect: Expected): void {
    effect.settled = true;
    this.taken.delete(effect.key);
  }
}

const play = async (store: Store, model: Model, step: Step): Promise<void> => {
  const chosen = "pick" in step ? model.choose(step.pick) : null;
  switch (step.kind) {
    case "commit":
      await store.commit({ effects: model.record(step.lanes) });
      return;
    case "take": {
      const takes = Array.from({ length: step.takers }, () =>
        store.effects.take(model.now, model.now + holdMs, 100),
      );
      const taken = (await Promise.all(takes)).flat();
      expect(taken.map(({ key, attempts }: EffectRecord) => `${key} ${attempts}`).toSorted()).toEqual(
        model.take().toSorted(),
      );
      for (const { key, id } of taken) model.taken.set(key, id);
      return;
    }
    case "wait":
      model.now += step.ms;
      return;
    case "restart":
      await store.effects.releaseAll();
      for (const effect of model.effects) effect.heldUntil = 0;
      return;
    case "deliver":
      if (chosen === null) return;
      await store.commit({ deliveredEffects: [{ id: chosen.id, at: model.now }] });
      model.settle(chosen.effect);
      return;
    case "abandon":
      if (chosen === null) return;
      await store.effects.abandon(chosen.id, model.now, "refused");
      model.settle(chosen.effect);
      return;
    case "postpone":
      if (chosen === null) return;
      await store.effects.postpone(chosen.id, model.now + step.ms, "busy", true);
      chosen.effect.dueAt = model.now + step.ms;
      chosen.effect.heldUntil = 0;
      return;
  }
};

/** Whatever happens in whatever order: exactly the due heads go, each to one taker. */
export const describeLanes = (makeDatabase: MakeDatabase): void => {
  it("keeps every lane in order, and every effect with one holder, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 40 }), async (steps) => {
        const model = new Model();
        const database = await makeDatabase();
        const { store } = await database.open({ now: () => model.now });
        try {
          for (const step of steps) {
            await play(store, model, step);
            expect(await store.effects.nextDue()).toBe(model.nextDue());
          }
        } finally {
          await store.close();
          await database.remove();
        }
      }),
      { numRuns: 60 },
    );
  });
};
