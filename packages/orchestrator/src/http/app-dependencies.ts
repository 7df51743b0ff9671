import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { JiraDirectory } from "../ports/jira-directory.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { Health } from "../services/health.ts";
import type { OperatorService } from "../services/operator/operator-service.ts";
import type { ProjectService } from "../services/operator/project-service.ts";
import type { RunnerGateway } from "../services/runs/runner-gateway.ts";
import type { TrackerWebhooks } from "../services/webhooks/tracker-webhooks.ts";
import type { SessionStore } from "./auth/session-store.ts";

/** What the read routes ask of the store; every write goes through a service. */
export type ReadStore = Pick<
  Store,
  "listRuns" | "runDetails" | "listKnownTickets" | "listPullRequests" | "listLeases"
>;

export interface AppDependencies {
  readonly store: ReadStore;
  readonly clock: Clock;
  readonly runnerGateway: RunnerGateway;
  readonly trackerWebhooks: TrackerWebhooks;
  readonly projects: ProjectService;
  readonly operator: OperatorService;
  /** Null: Jira is not configured. */
  readonly jiraDirectory: JiraDirectory | null;
  readonly health: Health;
  /** `null`: the admin API is not there at all, every route of it answers 404 (§4.1). */
  readonly accessCode: string | null;
  readonly version: string;
  readonly logger: Logger;
  readonly startedAt: Instant;
  /** In memory when absent: people sign in again after a restart. */
  readonly sessions?: SessionStore;
}
