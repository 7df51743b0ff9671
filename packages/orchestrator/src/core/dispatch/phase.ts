import type { Project } from "../project.ts";
import type { Phase } from "../run.ts";
import type { Ticket } from "../ticket.ts";
import type { Instant } from "../time.ts";
import type { TicketHistory } from "./snapshot.ts";

export type NextPhase =
  | { readonly kind: "phase"; readonly phase: Phase }
  | { readonly kind: "awaiting-approval"; readonly since: Instant };

/** Plan first where planning is on and no plan is complete; otherwise implement (§6). */
export const nextPhase = (ticket: Ticket, project: Project, { plan, lastRun }: TicketHistory): NextPhase => {
  // It only comes here to be tried again, and what it revises is still there.
  if (lastRun?.phase === "revise") return { kind: "phase", phase: "revise" };
  if (!project.planningEnabled || ticket.planApproved) return { kind: "phase", phase: "implement" };
  // A marker set by an earlier installation of ours counts as a plan; the person left it standing.
  if (plan === undefined && ticket.stage !== "plan-complete") return { kind: "phase", phase: "plan" };
  if (project.autoApprovePlans || plan?.approvedAt !== undefined)
    return { kind: "phase", phase: "implement" };
  return { kind: "awaiting-approval", since: plan?.completedAt ?? ticket.updatedAt };
};
