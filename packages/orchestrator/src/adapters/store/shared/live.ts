import { sql } from "kysely";
import { liveStates } from "../../../core/run.ts";

/**
 * "This run is live", with the states written out: an engine uses a partial index only for a query whose
 * condition is word for word the index's own.
 */
export const isLiveRow = sql<boolean>`state in (${sql.join(liveStates.map((state) => sql.lit(state)))})`;
