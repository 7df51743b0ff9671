import type { Clock } from "../../../ports/clock.ts";
import type { Store } from "../../../ports/store.ts";
import { createEffectQueue } from "./effect-queue.ts";
import type { Engine } from "./engine.ts";
import { dispatchFacts } from "./facts.ts";
import { listFeedback } from "./feedback.ts";
import { approvedFiles, filesToApprove } from "./file-approvals.ts";
import { createGroupCommit } from "./group-commit.ts";
import { listLeases } from "./leases.ts";
import { findPlan } from "./plans.ts";
import { createProject, deleteProject, findProject, listProjects, updateProject } from "./projects.ts";
import { findPullRequest, findPullRequestByNumber, listPullRequests } from "./pull-requests.ts";
import { findRun, lastGapAnalysis, listLiveRuns, listRuns, runDetails } from "./run-queries.ts";
import type { Db } from "./schema.ts";
import { probe, setting } from "./settings.ts";
import { findKnownTicket, listKnownTickets } from "./tickets.ts";
import { forgetDeliveries, rememberDelivery } from "./webhook-deliveries.ts";

export interface StoreParts {
  /** Migrated. The store owns it: `close` destroys it. */
  readonly db: Db;
  readonly engine: Engine;
  /** Says when an effect was recorded, and so from when on it is due. */
  readonly clock: Clock;
}

/** The store on any engine. */
export const createStore = ({ db, engine, clock }: StoreParts): Store => {
  const groupCommit = createGroupCommit(db);
  return {
    commit: (change) => groupCommit(change, clock.now()),
    dispatchFacts: (now) => inSnapshot(db, (snapshot) => dispatchFacts(snapshot, now)),

    listProjects: () => listProjects(db),
    findProject: (key) => findProject(db, key),
    createProject: (project, effects = []) => createProject(db, project, effects, clock.now()),
    updateProject: (project, effects = []) => updateProject(db, project, effects, clock.now()),
    deleteProject: (key) => deleteProject(db, key),

    findRun: (id) => findRun(db, id),
    listLiveRuns: () => listLiveRuns(db),
    runDetails: (id) => inSnapshot(db, (snapshot) => runDetails(snapshot, id)),
    listRuns: (query) => inSnapshot(db, (snapshot) => listRuns(snapshot, query)),

    listKnownTickets: () => listKnownTickets(db),
    findKnownTicket: (ticketId) => findKnownTicket(db, ticketId),
    findPlan: (ticketId) => findPlan(db, ticketId),
    listPullRequests: (query) => listPullRequests(db, query),
    findPullRequest: (ticketId) => findPullRequest(db, ticketId),
    findPullRequestByNumber: (repository, number) => findPullRequestByNumber(db, repository, number),
    listFeedback: (ticketId) => listFeedback(db, ticketId),
    lastGapAnalysis: (ticketId) => lastGapAnalysis(db, ticketId),
    approvedFiles: (ticketId) => approvedFiles(db, ticketId),
    filesToApprove: (ticketId) => filesToApprove(db, ticketId),
    listLeases: (now) => listLeases(db, now),

    effects: createEffectQueue(db, engine),

    rememberDelivery: (vendor, deliveryId, at) => rememberDelivery(db, vendor, deliveryId, at),
    forgetDeliveries: (before) => forgetDeliveries(db, before),

    setting: (name, make) => setting(db, name, make),
    probe: () => probe(db, String(clock.now())),
    close: () => db.destroy(),
  };
};

/** Several queries that see one state of the database. */
const inSnapshot = <Result>(db: Db, read: (snapshot: Db) => Promise<Result>): Promise<Result> =>
  db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(read);
