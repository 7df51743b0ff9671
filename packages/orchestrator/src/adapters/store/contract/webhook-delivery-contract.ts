import { describe, expect, it } from "vitest";
import { aTime } from "../../../core/testing/builders.ts";
import { hours } from "../../../core/time.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

export const describeWebhookDeliveries = (makeDatabase: MakeDatabase): void => {
  describe("the deliveries of the trackers' webhooks (§7.2)", () => {
    const harness = useStore(makeDatabase);
    const remember = (id: string, vendor = "linear", at = aTime) =>
      harness.store.rememberDelivery(vendor, id, at);

    it("are new once, also after a restart; another vendor's of the same id is another one", async () => {
      expect(await remember("one")).toBe(true);
      expect(await remember("one")).toBe(false);
      expect(await remember("one", "jira")).toBe(true);
      await harness.reopen();
      expect(await remember("one")).toBe(false);
      expect(await remember("two")).toBe(true);
    });

    it("are new to one of many who bring the same one at once", async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => remember("one")));
      expect(answers.filter((isNew) => isNew)).toHaveLength(1);
    });

    it("are forgotten by when they were first received, a repetition does not keep them", async () => {
      await remember("old", "linear", aTime);
      await remember("young", "linear", aTime + hours(1));
      await remember("old", "linear", aTime + hours(2));
      await harness.store.forgetDeliveries(aTime);
      expect(await remember("old")).toBe(false);
      await harness.store.forgetDeliveries(aTime + hours(1));
      expect(await remember("young")).toBe(false);
      expect(await remember("old")).toBe(true);
    });
  });
};
