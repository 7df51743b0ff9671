import { describe } from "vitest";
import { describeCommit } from "./contract/commit-contract.ts";
import { describeDispatchFacts } from "./contract/dispatch-facts-contract.ts";
import { describeEffectQueue } from "./contract/effect-queue-contract.ts";
import { describeFeedback } from "./contract/feedback-contract.ts";
import { describeFileApprovals } from "./contract/file-approval-contract.ts";
import { describeLeases } from "./contract/lease-contract.ts";
import { describeLists } from "./contract/list-contract.ts";
import { describeLocalPullRequests } from "./contract/local-pull-request-contract.ts";
import { describeRecords } from "./contract/record-contract.ts";
import { describeSpend } from "./contract/spend-contract.ts";
import type { MakeDatabase } from "./contract/test-database.ts";
import { describeWebhookDeliveries } from "./contract/webhook-delivery-contract.ts";

/** What every engine has to keep (§16). */
export const describeStore = (name: string, makeDatabase: MakeDatabase): void => {
  describe(`${name}: the store (§16)`, () => {
    describeCommit(makeDatabase);
    describeLeases(makeDatabase);
    describeDispatchFacts(makeDatabase);
    describeSpend(makeDatabase);
    describeEffectQueue(makeDatabase);
    describeLists(makeDatabase);
    describeRecords(makeDatabase);
    describeLocalPullRequests(makeDatabase);
    describeFeedback(makeDatabase);
    describeFileApprovals(makeDatabase);
    describeWebhookDeliveries(makeDatabase);
  });
};
