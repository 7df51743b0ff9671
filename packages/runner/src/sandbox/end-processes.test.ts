import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { succeeded } from "../process/run-command.ts";
import { path } from "../testing/sample-remote.ts";
import { processesOf } from "./processes-of.ts";
import { canSeparate, sandboxFor, shellInside } from "./testing/inside.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  await chmod(folder, 0o777);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!canSeparate)("§11.3 nothing outlives the agent (needs root, setpriv, prlimit)", () => {
  it.for([
    ["in a session of its own", "sleep 300"],
    [
      "in namespaces of its own, where it is root",
      "unshare --user --map-root-user --pid --fork --net --mount-proc sleep 300",
    ],
    ["that is stopped", "kill -STOP $$; sleep 300"],
  ])(
    "ends what runs %s (skipped where the machine does not permit that)",
    async ([where = "", command = ""], { skip }) => {
      // In the place of an agent that kills or stops each process of its user's as soon as it appears.
      await writeFile(join(folder, "sh"), "#!/bin/bash\nkill -9 $$\n", { mode: 0o755 });
      const sandbox = await sandboxFor({ path: `${folder}:${path}` });
      // It has left the shell's group once it says so: before, it would end with the shell.
      const outlive = join(folder, "outlive");
      await writeFile(outlive, `#!/bin/bash\ntouch '${folder}/started'\n${command}\n`, { mode: 0o755 });
      const start = `(setsid ${outlive} > /dev/null 2>&1 &); until [ -e ${folder}/started ]; do sleep 0.05; done; id -u`;
      const uid = Number((await shellInside(sandbox, start)).stdout);
      const permitted = await shellInside(sandbox, "unshare --user --map-root-user true");
      if (where.includes("namespaces") && !succeeded(permitted)) {
        await sandbox.close();
        return skip();
      }
      await vi.waitFor(async () => expect(await processesOf(uid)).not.toEqual([]), 10_000);
      await sandbox.endAll();
      expect(await processesOf(uid)).toEqual([]);
      await sandbox.close();
    },
  );
});
