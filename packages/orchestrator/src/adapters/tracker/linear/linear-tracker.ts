import type { Clock } from "../../../ports/clock.ts";
import { DeliveryError, permanent } from "../../../ports/delivery-error.ts";
import type { Tracker } from "../../../ports/tracker.ts";
import type { VendorGateOptions } from "../../shared/vendor-gate.ts";
import { createBatcher } from "./batcher.ts";
import { checkLinear } from "./check-linear.ts";
import { commentBody, commentIdOf } from "./comment-text.ts";
import { createDelivery, maxBatch } from "./deliver-changes.ts";
import { createIssueReader } from "./issue-reader.ts";
import { createLinearApi } from "./linear-api.ts";
import { issueIdOf } from "./ticket-id.ts";
import { createWorkspaceDirectory } from "./workspace-directory.ts";

export interface LinearTrackerOptions {
  /** `LINEAR_API_KEY`. */
  readonly apiKey: string;
  /** `LINEAR_API_URL`: `https://api.linear.app/graphql`. */
  readonly apiUrl: string;
  /** `LINEAR_WORKSPACE_URL`, for links only. */
  readonly workspaceUrl: string;
  readonly clock: Clock;
  /** Writes are refused, and no label is made. */
  readonly readOnly?: boolean;
  readonly gate?: Partial<VendorGateOptions>;
}

/** Long enough for the effects of one poll to arrive, in ms. */
const gatherMs = 5;

/**
 * Linear (§7.1): stages as labels and workflow states, of all teams that the key sees at once. Changes that arrive
 * together go out together.
 */
export const createLinearTracker = ({
  apiKey,
  apiUrl,
  workspaceUrl,
  clock,
  readOnly = false,
  gate = {},
}: LinearTrackerOptions): Tracker => {
  const api = createLinearApi({ apiKey, apiUrl, clock, gate });
  const directory = createWorkspaceDirectory(api, clock);
  const reader = createIssueReader(api, directory);
  const deliver = createBatcher({
    limit: maxBatch,
    queue: 5_000,
    gatherMs,
    work: createDelivery(api, directory),
  });

  const apply: Tracker["apply"] = async (change, key) => {
    const { ticket } = change;
    if (readOnly)
      throw new DeliveryError("This look at Linear writes nothing: it is read-only.", { retryable: true });
    const issueId = issueIdOf(ticket.id);
    if (issueId === null) throw permanent(`"${ticket.id}" is not a ticket of Linear.`);
    await deliver(
      change.kind === "stage"
        ? { kind: "stage", issueId, ticket, stage: change.stage }
        : {
            kind: "comment",
            issueId,
            ticket,
            commentId: commentIdOf(issueId, key),
            body: commentBody(change.body),
          },
    );
  };

  return {
    kind: "linear",
    listMarked: () => reader.listMarked(),
    lookUp: (ids) => reader.lookUp(ids),
    apply,
    check: (project) => checkLinear({ api, directory, workspaceUrl }, project),
  };
};
