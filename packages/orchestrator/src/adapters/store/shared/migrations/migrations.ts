import type { Migration } from "kysely";
import type { Engine } from "../engine.ts";
import { initial } from "./0001-initial.ts";
import { webhookDeliveries } from "./0002-webhook-deliveries.ts";
import { receiverPerVendor } from "./0003-receiver-per-vendor.ts";
import { reviewFeedback } from "./0004-review-feedback.ts";
import { fileApprovals } from "./0005-file-approvals.ts";

/** Every migration by its name, which is the order they run in. A name, once released, never changes. */
export const migrations = (engine: Engine): Readonly<Record<string, Migration>> => ({
  "0001-initial": initial(engine),
  "0002-webhook-deliveries": webhookDeliveries(),
  "0003-receiver-per-vendor": receiverPerVendor(),
  "0004-review-feedback": reviewFeedback(),
  "0005-file-approvals": fileApprovals(),
});
