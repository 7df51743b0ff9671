import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DeliveryError } from "../../../ports/delivery-error.ts";

const run = promisify(execFile);
const timeoutMs = 10 * 60_000;

/**
 * Removes a folder that an agent could fill as it liked. By the system's own program, which follows no link and minds no
 * depth: Node.js goes by whole paths, and the kernel takes none of more than 4096 bytes.
 * @throws DeliveryError (retryable) when something is left
 */
export const removeFolder = async (path: string): Promise<void> => {
  const options = { timeout: timeoutMs, env: { LC_ALL: "C" } };
  try {
    await run("/bin/rm", ["-rf", "--", path], options);
  } catch {
    try {
      // Where the agent is our own user, it may have locked us out; a link on the way is left alone.
      await run("/bin/chmod", ["-R", "u+rwX", "--", path], options);
      await run("/bin/rm", ["-rf", "--", path], options);
    } catch (error) {
      throw new DeliveryError(`The folder ${path} of an ended attempt cannot be removed.`, {
        retryable: true,
        cause: error,
      });
    }
  }
};
