import type { StateType } from "../api.ts";
import type { Team, WorkflowState } from "./records.ts";
import type { Store } from "./store.ts";

/** What Linear gives a new team. Positions count within a type. */
const defaultStates: readonly Pick<WorkflowState, "name" | "type" | "position" | "color">[] = [
  { name: "Backlog", type: "backlog", position: 0, color: "#bec2c8" },
  { name: "Todo", type: "unstarted", position: 1, color: "#e2e2e2" },
  { name: "In Progress", type: "started", position: 2, color: "#f2c94c" },
  { name: "In Review", type: "started", position: 1002, color: "#0f783c" },
  { name: "Done", type: "completed", position: 3, color: "#5e6ad2" },
  { name: "Canceled", type: "canceled", position: 4, color: "#95a2b3" },
  { name: "Duplicate", type: "duplicate", position: 5, color: "#95a2b3" },
];

export const createTeam = (store: Store, key: string, name: string): Team => {
  const team = store.addTeam({ key, name });
  for (const state of defaultStates) store.addState({ ...state, teamId: team.id });
  return team;
};

/** A team has no triage until someone turns it on. */
export const addTriage = (store: Store, teamId: string): WorkflowState =>
  store.addState({
    teamId,
    name: "Triage",
    type: "triage" satisfies StateType,
    position: -1,
    color: "#fc7840",
  });
