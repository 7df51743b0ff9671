/** No system gives ids of this range to people or services. */
const firstUserId = 0x40000000;
const userIds = 0x20000000;

/**
 * The user that an attempt's agent runs as where no other is named. Runner and executor both work it out, so that what a
 * killed runner left behind is found without a word from it.
 * @param runId a UUIDv7: its last digits are random
 */
export const agentUserId = (runId: string): number =>
  firstUserId + (Number.parseInt(runId.slice(-8), 16) % userIds);

/** Where the agent's rooms are when its user may not go to the attempt's folder. On Linux only. */
export const agentRooms = (runId: string): string => `/tmp/ai-implement-${runId}`;
