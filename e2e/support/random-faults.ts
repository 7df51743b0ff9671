import type { JiraRequest } from "@ai-implement/emulators/jira/api.ts";
import type { LinearRequest } from "@ai-implement/emulators/linear/api.ts";
import type { Fault } from "@ai-implement/emulators/shared/faults.ts";
import { seededRandom } from "./seeded-random.ts";

/** Every kind of fault, for a share of the requests; the same for the same seed. Those that cost nobody a wait come twice. */
export const randomFaults = (seed: number, share: number) => {
  const random = seededRandom(seed);
  const quick: readonly Fault[] = [
    { kind: "server-error", status: 500 },
    { kind: "server-error", status: 503 },
    { kind: "reset-before" },
    { kind: "reset-after" },
    { kind: "empty" },
    { kind: "cut-off" },
  ];
  const slow: readonly Fault[] = [
    { kind: "latency", ms: 100 },
    { kind: "rate-limited", resetMs: 500 },
    { kind: "hang" },
  ];
  const faults = [...quick, ...quick, ...slow];
  return (_request: LinearRequest | JiraRequest): Fault | null =>
    random() < share ? (faults[Math.floor(random() * faults.length)] ?? null) : null;
};
