/** What the exit code of the runner says. */
export const exitCodes = {
  /** The report, of a success or a failure, was delivered (detached: written); or the orchestrator closed the attempt itself. */
  done: 0,
  /** Local mode only: the outcome is "failed". */
  failed: 1,
  /** Detached: the job cannot be used, and the result says why. */
  usage: 2,
  /** The claim was refused: somebody else holds the attempt, or it is over. Nothing was spent. */
  claimRefused: 3,
  /** The orchestrator could not be reached, or did not take the result: `report.json` stays in the attempt's folder. Detached: it could not be written. */
  unreachable: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
